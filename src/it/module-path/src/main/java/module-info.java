/** An application on the module path. */
module example.app {
  requires io.github.semcache;
  requires org.slf4j;
}
