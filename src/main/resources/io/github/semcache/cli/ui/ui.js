'use strict';

const byId = id => document.getElementById(id);
const percent = (fraction, digits = 0) => (100 * fraction).toFixed(digits) + ' %';
const number = value => value.toLocaleString('en');
const plural = (count, noun, nouns = noun + 's') => `${number(count)} ${count === 1 ? noun : nouns}`;
const words = code => code.replaceAll('-', ' ');

/* The token is in the fragment of the address, which browsers do not send, and then only in this tab. */
const fragment = new URLSearchParams(location.hash.slice(1)).get('token');
if (fragment) {
  sessionStorage.setItem('token', fragment);
  history.replaceState(null, '', location.pathname);
}
const token = sessionStorage.getItem('token');

let state = null;
let threshold = null; // null: that of the policy
let questions = []; // newest first: {id, prompt, micros, answer, decision}
let current = null;
let chart = null;

class Failure extends Error {
  constructor(status, reply) {
    super(reply.error || 'the request failed');
    this.status = status;
    this.reply = reply;
  }
}

async function call(name, body, raw) {
  const options = {headers: {'X-Semcache-Token': token || ''}, cache: 'no-store'};
  if (body !== undefined) {
    options.method = 'POST';
    options.headers['Content-Type'] = raw ? 'application/octet-stream' : 'application/json';
    options.body = raw ? body : JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch('/api/' + name, options);
  } catch (e) {
    throw new Failure(0, {error: 'The server does not answer. Is the command ui still running?'});
  }
  const reply = await response.json().catch(() => ({}));
  if (!response.ok) throw new Failure(response.status, reply);
  return reply;
}

function show(error) {
  byId('banner').textContent = error.message;
  byId('banner').hidden = false;
}

/** Runs an action of the user, during which a button is disabled, and shows its failure. */
async function attempt(button, action) {
  byId('banner').hidden = true;
  if (button) button.disabled = true;
  try {
    await action();
  } catch (e) {
    if (!(e instanceof Failure)) console.error(e);
    show(e);
  } finally {
    if (button) button.disabled = false;
  }
}

function add(parent, tag, text, className) {
  const child = parent.appendChild(document.createElement(tag));
  if (text != null) child.textContent = text;
  if (className) child.className = className;
  return child;
}

function duration(seconds) {
  if (seconds < 60) return Math.max(0, Math.round(seconds)) + ' s';
  if (seconds < 3600) return Math.round(seconds / 60) + ' min';
  if (seconds < 2 * 86400) return Math.round(seconds / 3600) + ' h';
  return number(Math.round(seconds / 86400)) + ' d';
}

const took = micros => micros < 1000 ? `${micros} µs` : micros < 1e6 ? `${(micros / 1000).toFixed(micros < 1e5 ? 1 : 0)} ms` : `${(micros / 1e6).toFixed(1)} s`;

function table(into, heads, rows, className) {
  into.replaceChildren();
  if (!rows.length) return;
  const element = add(into, 'table');
  const head = element.createTHead().insertRow();
  heads.forEach(name => {
    const cell = add(head, 'th', name.text, name.number ? 'number' : '');
    cell.scope = 'col';
    if (name.hidden) { cell.textContent = ''; add(cell, 'span', name.text, 'hidden'); }
  });
  const body = element.createTBody();
  rows.forEach(row => {
    const line = body.insertRow();
    line.className = row.className || '';
    row.cells.forEach((fill, i) => {
      const cell = line.insertCell();
      cell.className = heads[i].wide ? 'text' : heads[i].number ? 'number inline' : 'inline';
      if (!heads[i].hidden) cell.dataset.head = heads[i].text;
      fill(cell);
    });
  });
}

const text = value => cell => { cell.textContent = value; };
const badge = (value, kind, note) => cell => {
  add(cell, 'span', value, 'badge ' + kind);
  if (note) add(cell, 'small', note);
};

async function loadState() {
  state = await call('state');
  const facts = byId('facts');
  facts.replaceChildren();
  [['Store', state.store], ['Embedder', state.embedder], ['Policy', state.policy],
    ['Model', state.isDemo ? 'none (demo answers)' : state.model || 'none']].forEach(([name, value]) => {
    const item = add(facts, 'li', name + ' ');
    add(item, 'b', value);
  });
  const select = byId('scope');
  const chosen = select.value;
  select.replaceChildren();
  state.scopes.forEach(scope => {
    const parts = scope.isOwn ? Object.entries(state.scopeParts.tags).map(([name, value]) => `${name}=${value}`).join(', ') || 'no tags' : scope.hash.slice(0, 8);
    const option = add(select, 'option', [parts, scope.model, plural(scope.entries, 'entry', 'entries')].filter(Boolean).join(' · '));
    option.value = scope.hash;
  });
  if (state.scopes.some(scope => scope.hash === chosen)) select.value = chosen;
  byId('scopeLabel').hidden = state.scopes.length < 2;
  fillNotes();
  fillThreshold();
}

const scope = () => state.scopes.find(each => each.hash === byId('scope').value);

function missNote() {
  if (state.isExactOnly) return 'The embedding model of the store is not available, so questions hit only if they are equal to a stored one, and answers cannot be added. Start ui with --embedder.';
  if (!scope().isOwn) return 'Only the hash of this scope is known, so questions are looked up in it, but answers cannot be added.';
  if (state.isDemo) return 'A miss gets a demo answer, which is stored in memory. No language model is asked; start ui with the option --chat-model to use one.';
  if (state.model) return `A miss is answered by ${state.model}, and the answer is stored.`;
  return 'A miss is only reported. You can store your own answer, or start ui with --chat-model.';
}

function fillNotes() {
  byId('missNote').textContent = missNote();
}

/** Returns the threshold of the slider or of the policy, or null if neither is known. */
const currentThreshold = () => threshold ?? state.threshold;

function fillThreshold() {
  const slider = byId('threshold');
  const byDefault = state.threshold ?? 0.15;
  slider.max = Math.max(0.6, Math.ceil(10 * byDefault) / 5);
  slider.value = threshold ?? byDefault;
  byId('thresholdValue').value = currentThreshold() == null ? 'policy' : currentThreshold().toFixed(3);
  byId('reset').disabled = threshold == null;
}

const withThreshold = body => threshold == null ? body : {...body, maxDistance: threshold};

async function ask(prompt) {
  const asked = await call('ask', withThreshold({prompt, scope: scope().hash}));
  asked.writable = scope().isOwn && !state.isExactOnly;
  questions.unshift(asked);
  questions = questions.slice(0, 50);
  current = asked;
  fillResult();
  fillDecision();
  fillAsked();
  await Promise.all([loadStats(), loadEntries()]);
}

function fillResult() {
  const result = byId('result');
  result.replaceChildren();
  const answer = current.answer;
  const hit = answer && answer.source !== 'MODEL';
  const verdict = add(result, 'div', null, 'verdict ' + (hit ? 'hit' : 'miss'));
  add(verdict, 'b', !hit ? 'Miss' : answer.source === 'EXACT' ? 'Exact hit' : 'Semantic hit');
  add(verdict, 'span', took(current.micros));
  if (hit && answer.source === 'SEMANTIC') add(verdict, 'span', `distance ${answer.distance.toFixed(4)} to “${answer.matchedPrompt}”`);
  if (!hit) add(verdict, 'span', current.decision.hit ? '' : current.decision.why);
  add(result, 'p', current.prompt, 'muted');
  if (answer) {
    if (answer.isDemo) add(result, 'span', 'Demo answer, not from a language model', 'demo');
    add(result, 'blockquote', answer.text);
    const facts = [answer.model && `model ${answer.model}`, hit && `stored ${duration(answer.ageSeconds)} ago`, answer.key && `entry ${answer.key.slice(0, 12)}`].filter(Boolean);
    add(result, 'p', facts.join(' · '), 'muted');
  } else {
    add(result, 'p', 'No answer is stored for this question, and no model is asked.');
  }
  byId('own').hidden = !current.writable;
  byId('own').open = !answer;
  byId('ownHead').textContent = answer ? 'Store another answer for this question' : 'Store your own answer for this question';
}

const isServed = (decision, candidate) => decision.servedKey === candidate.key;

function fillDecision() {
  const box = byId('decision');
  box.replaceChildren();
  byId('candidates').replaceChildren();
  byId('chartBox').hidden = true;
  if (!current) return;
  const decision = current.decision;
  const verdict = add(box, 'div', null, 'verdict ' + (decision.hit ? 'hit' : 'miss'));
  add(verdict, 'b', decision.exact ? 'Exact hit' : decision.hit ? 'Would hit' : 'Would miss');
  add(verdict, 'span', decision.why);
  add(box, 'p', `“${current.prompt}”, with the entries that were near it when it was asked`, 'muted');
  drawChart(decision);
  table(byId('candidates'),
    [{text: 'Distance', number: true}, {text: 'Entry', wide: true}, {text: 'Threshold'}, {text: 'Verifier'}, {text: 'Guards'}, {text: 'Decision'}],
    decision.candidates.map(candidate => ({
      className: isServed(decision, candidate) ? 'served' : '',
      cells: [text(candidate.distance.toFixed(4)), text(candidate.prompt),
        candidate.within ? badge('within', 'good') : badge('too far', 'bad'),
        verifierCell(candidate), guardsCell(candidate),
        isServed(decision, candidate) ? badge('served', 'good') : candidate.hit ? badge('acceptable', 'good') : badge('miss', 'bad', candidate.reason === 'too-far' ? null : words(candidate.reason))],
    })));
}

function verifierCell(candidate) {
  const verifier = candidate.verifier;
  if (!verifier) return badge('not asked', 'none');
  const kind = {accept: 'good', reject: 'bad', unsure: 'wait'}[verifier.outcome];
  const score = verifier.score == null ? '' : `score ${verifier.score.toFixed(3)}`;
  const reason = verifier.outcome === 'accept' ? '' : words(verifier.reason);
  return badge({accept: 'accepts', reject: 'rejects', unsure: 'unsure'}[verifier.outcome], kind, [reason, score].filter(Boolean).join(', '));
}

const guardsCell = candidate => candidate.guards.length
  ? badge('reject', candidate.guards.includes(candidate.reason) ? 'bad' : 'none', candidate.guards.map(words).join(', '))
  : badge('none rejects', 'none');

function drawChart(decision) {
  if (chart) chart.destroy();
  chart = null;
  if (!decision.candidates.length) return;
  byId('chartBox').hidden = false;
  const style = getComputedStyle(document.documentElement);
  const color = name => style.getPropertyValue('--' + name).trim();
  const limit = currentThreshold();
  const narrow = matchMedia('(max-width: 40rem)').matches;
  const length = narrow ? 18 : 42;
  const shorten = value => value.length > length ? value.slice(0, length - 1) + '…' : value;
  Chart.defaults.color = color('text');
  Chart.defaults.borderColor = color('line');
  Chart.defaults.font.family = 'system-ui, sans-serif';
  byId('chartBox').style.height = `${4.5 + 1.7 * decision.candidates.length}rem`;
  chart = new Chart(byId('chart'), {
    type: 'bar',
    data: {
      labels: decision.candidates.map(candidate => shorten(candidate.prompt)),
      datasets: [{
        label: 'distance',
        data: decision.candidates.map(candidate => candidate.distance),
        backgroundColor: decision.candidates.map(candidate => color(isServed(decision, candidate) ? 'good' : candidate.hit ? 'accent' : candidate.within ? 'bad' : 'bar')),
        borderRadius: 3, maxBarThickness: 18, minBarLength: 2,
      }],
    },
    plugins: [{id: 'threshold', afterDatasetsDraw(drawn) {
      if (limit == null) return;
      const x = drawn.scales.x.getPixelForValue(limit);
      const {top, bottom} = drawn.chartArea;
      const context = drawn.ctx;
      context.save();
      context.strokeStyle = color('text');
      context.setLineDash([5, 4]);
      context.lineWidth = 1.5;
      context.beginPath();
      context.moveTo(x, top);
      context.lineTo(x, bottom);
      context.stroke();
      context.restore();
    }}],
    options: {
      indexAxis: 'y', maintainAspectRatio: false, animation: false,
      scales: {
        x: {min: 0, suggestedMax: Math.max(0.4, 1.1 * (limit || 0)), title: {display: true, text: narrow ? 'cosine distance' : 'cosine distance; the dashed line is the threshold'}},
        y: {grid: {display: false}, ticks: {autoSkip: false}},
      },
      plugins: {legend: {display: false}, tooltip: {callbacks: {
        title: items => decision.candidates[items[0].dataIndex].prompt,
        label: item => 'distance ' + item.raw.toFixed(4),
      }}},
    },
  });
}

function fillAsked() {
  const list = byId('asked');
  list.replaceChildren();
  questions.forEach(question => {
    const item = add(list, 'li');
    const button = add(item, 'button', question.prompt, 'link');
    button.type = 'button';
    button.addEventListener('click', () => { current = question; fillResult(); fillDecision(); });
    add(item, 'span', question.decision.exact ? 'exact' : question.decision.hit ? 'hit' : 'miss', 'badge ' + (question.decision.hit ? 'good' : 'bad'));
  });
  const hits = questions.filter(question => question.decision.hit).length;
  const at = threshold == null ? 'the threshold of the policy' : threshold.toFixed(3);
  byId('askedNote').textContent = questions.length ? `${hits} of ${plural(questions.length, 'question')} hit at ${at}. Each is decided with the entries that were near it when it was asked.` : 'None yet.';
}

let deciding = false;
let decideAgain = false;

/** Decides again on all questions. Changes during a request cause one more request after it. */
async function decide() {
  if (deciding) { decideAgain = true; return; }
  deciding = true;
  try {
    do {
      decideAgain = false;
      const decisions = new Map((await call('decide', withThreshold({}))).map(decision => [decision.id, decision]));
      questions.forEach(question => { question.decision = decisions.get(question.id) || question.decision; });
      fillDecision();
      fillAsked();
    } while (decideAgain);
  } finally {
    deciding = false;
  }
}

async function loadStats() {
  const stats = await call('stats');
  const tiles = byId('stats');
  tiles.replaceChildren();
  [['Requests', number(stats.requests)], ['Hit rate', percent(stats.hitRate)],
    ['Exact hits', number(stats.exactHits)], ['Semantic hits', number(stats.semanticHits)],
    ['Model calls', number(stats.modelCalls)], ['Calls saved', number(stats.exactHits + stats.semanticHits)],
    ['Tokens saved', number(stats.tokensSaved)],
    ['Model time saved', stats.savedMillis == null ? '–' : took(1000 * stats.savedMillis)]].forEach(([name, value]) => {
    const tile = add(tiles, 'div');
    add(tile, 'dt', name);
    add(tile, 'dd', value);
  });
  const misses = Object.entries(stats.misses).map(([reason, count]) => `${words(reason)} ${number(count)}`).join(', ');
  byId('misses').textContent = (misses ? `Misses: ${misses}. ` : '') + 'Counted since ui was started, for questions on this page.'
    + (state.isDemo ? ' Demo answers take 400 ms and count as 26 tokens.' : '');
}

async function loadEntries() {
  const found = await call('entries', {search: byId('search').value, labels: byId('labels').value, limit: 100});
  const shown = found.entries.length;
  byId('entriesNote').textContent = (found.matching === 0 ? 'No entries.' : shown < found.matching ? `The newest ${number(shown)} of ${number(found.matching)} entries.` : plural(found.matching, 'entry', 'entries') + '.')
    + (found.isComplete ? '' : ` Only ${number(found.scanned)} entries of the store were read.`)
    + ' Hits are those of this page; a store does not count them.';
  const several = state.scopes.length > 1;
  table(byId('entries'),
    [{text: 'Question', wide: true}, {text: 'Answer', wide: true}, {text: 'Age', number: true}, {text: 'Expires in', number: true}, {text: 'Hits', number: true}, {text: 'Remove', hidden: true}],
    found.entries.map(entry => ({cells: [
      cell => {
        const button = add(cell, 'button', entry.prompt, 'link');
        button.type = 'button';
        button.title = 'Ask this question';
        button.addEventListener('click', () => { byId('prompt').value = entry.prompt; byId('prompt').focus(); });
        add(cell, 'small', [entry.model, several && 'scope ' + entry.scope.slice(0, 8), 'key ' + entry.key.slice(0, 12)].filter(Boolean).join(' · '));
        const labels = Object.entries(entry.labels).map(([name, value]) => `${name}=${value}`);
        if (labels.length) add(cell, 'small', 'labels ' + labels.join(', '), 'labels');
      },
      cell => {
        if (entry.answer.length < 160) { cell.textContent = entry.answer; return; }
        const details = add(cell, 'details');
        add(details, 'summary', entry.answer.slice(0, 120) + '…');
        add(details, 'div', entry.answer);
      },
      cell => { cell.textContent = duration(entry.ageSeconds); cell.title = entry.createdAt; },
      text(entry.expiresInSeconds == null ? 'never' : duration(entry.expiresInSeconds)),
      text(number(entry.hits)),
      cell => removeButton(cell, entry),
    ]})));
}

/** Adds a button that removes an entry with its second click. */
function removeButton(cell, entry) {
  const button = add(cell, 'button', 'Remove');
  button.type = 'button';
  button.setAttribute('aria-label', 'Remove the entry ' + entry.prompt);
  let armed = null;
  button.addEventListener('click', () => {
    if (!armed) {
      button.textContent = 'Confirm';
      button.classList.add('danger');
      armed = setTimeout(() => { armed = null; button.textContent = 'Remove'; button.classList.remove('danger'); }, 4000);
      return;
    }
    clearTimeout(armed);
    attempt(button, async () => {
      await call('entries/remove', {key: entry.key});
      await loadState();
      await loadEntries();
    });
  });
}

let file = null;

function reportParameters() {
  const parameters = new URLSearchParams({name: file.name, limit: byId('limit').value, errorRate: byId('errorRate').value, shuffle: byId('shuffle').checked});
  if (!byId('columns').hidden) {
    parameters.set('prompt', byId('promptColumn').value);
    parameters.set('label', byId('labelColumn').value);
  }
  return parameters;
}

async function startReport() {
  byId('reportState').replaceChildren();
  try {
    await call('report?' + reportParameters(), file, true);
  } catch (e) {
    add(byId('reportState'), 'p', e.message, 'muted');
    const columns = e.reply && e.reply.columns;
    if (!columns || columns.length < 2) throw e;
    ['promptColumn', 'labelColumn'].forEach((id, i) => {
      const chosen = byId(id).value;
      byId(id).replaceChildren();
      columns.forEach(name => { add(byId(id), 'option', name).value = name; });
      byId(id).value = columns.includes(chosen) ? chosen : columns[i];
    });
    byId('columns').hidden = false;
    return;
  }
  await followReport();
}

async function followReport() {
  for (;;) {
    const job = await call('report');
    const running = job.state === 'RUNNING';
    byId('reportProgress').hidden = !running;
    byId('reportCancel').hidden = !running;
    byId('reportProgress').value = job.percent;
    const into = byId('reportState');
    into.replaceChildren();
    if (running) add(into, 'p', `${job.message}: ${job.percent} %`, 'muted');
    if (job.state === 'FAILED' || (job.state === 'IDLE' && job.message)) add(into, 'p', job.message, 'muted');
    if (job.state === 'DONE') {
      const link = add(add(into, 'p', 'The report is ready: '), 'a', 'open the report');
      link.href = job.path;
      link.target = '_blank';
      link.rel = 'noopener';
      add(into, 'p', `It covers ${job.message}. Save it from the browser to keep it.`, 'muted');
    }
    if (!running) return;
    await new Promise(resolve => setTimeout(resolve, 500));
  }
}

function chooseFile(chosen) {
  if (!chosen) return;
  file = chosen;
  byId('columns').hidden = true;
  attempt(null, startReport);
}

function connect() {
  byId('askForm').addEventListener('submit', event => {
    event.preventDefault();
    const prompt = byId('prompt').value;
    if (prompt.trim()) attempt(byId('ask'), () => ask(prompt));
  });
  byId('prompt').addEventListener('keydown', event => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      byId('askForm').requestSubmit();
    }
  });
  byId('scope').addEventListener('change', fillNotes);
  byId('answerForm').addEventListener('submit', event => {
    event.preventDefault();
    attempt(event.submitter, async () => {
      const body = {prompt: current.prompt, answer: byId('answer').value, scope: scope().hash};
      if (byId('ttl').value) body.ttlSeconds = Number(byId('ttl').value);
      await call('answer', body);
      byId('answer').value = '';
      await loadState();
      await ask(current.prompt);
    });
  });
  byId('threshold').addEventListener('input', () => {
    threshold = Number(byId('threshold').value);
    fillThreshold();
    attempt(null, decide);
  });
  byId('reset').addEventListener('click', () => {
    threshold = null;
    fillThreshold();
    attempt(null, decide);
  });
  byId('searchForm').addEventListener('submit', event => { event.preventDefault(); attempt(event.submitter, loadEntries); });
  for (const field of ['search', 'labels']) {
    byId(field).addEventListener('input', () => { if (!byId(field).value) attempt(null, loadEntries); });
  }
  byId('file').addEventListener('change', () => chooseFile(byId('file').files[0]));
  byId('columnsGo').addEventListener('click', () => attempt(byId('columnsGo'), startReport));
  byId('reportCancel').addEventListener('click', () => attempt(null, () => call('report/cancel', {})));
  const drop = byId('drop');
  drop.addEventListener('dragover', event => { event.preventDefault(); drop.classList.add('over'); });
  drop.addEventListener('dragleave', () => drop.classList.remove('over'));
  drop.addEventListener('drop', event => { event.preventDefault(); drop.classList.remove('over'); chooseFile(event.dataTransfer.files[0]); });
  /* A file that misses the field must not replace the page. */
  ['dragover', 'drop'].forEach(type => addEventListener(type, event => event.preventDefault()));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', fillDecision);
}

connect();
attempt(null, async () => {
  await loadState();
  await Promise.all([loadStats(), loadEntries()]);
  document.body.dataset.ready = 'true';
});
