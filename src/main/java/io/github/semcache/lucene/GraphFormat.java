package io.github.semcache.lucene;

import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.hnsw.FlatVectorScorerUtil;
import org.apache.lucene.codecs.hnsw.FlatVectorsFormat;
import org.apache.lucene.codecs.hnsw.FlatVectorsScorer;
import org.apache.lucene.codecs.lucene912.Lucene912Codec;
import org.apache.lucene.codecs.lucene99.Lucene99FlatVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsWriter;
import org.apache.lucene.codecs.lucene99.Lucene99ScalarQuantizedVectorScorer;
import org.apache.lucene.codecs.lucene99.Lucene99ScalarQuantizedVectorsWriter;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.hnsw.RandomAccessVectorValues;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.apache.lucene.util.hnsw.RandomVectorScorerSupplier;

/**
 * Lucene's format of HNSW graphs of vectors with one byte per component, under its standard name,
 * so that any Lucene can read it. The vectors are also stored with full precision. Only writing
 * differs: it allows more dimensions, and building a graph, which may take minutes, can be aborted.
 *
 * <p>A search of the graph reads about ten vectors per candidate from random positions. With a byte
 * per component, it reads a quarter of the memory. See {@code
 * docs/decisions/0038-quantized-vectors.md}.
 */
final class GraphFormat extends KnnVectorsFormat {
  static final int MAX_DIMENSION = 16_384;

  private static final String NAME = "Lucene99HnswScalarQuantizedVectorsFormat";
  private static final int CONNECTIONS = 16;
  private static final int BEAM_WIDTH = 200;
  private static final byte BITS = 7;

  private final KnnVectorsFormat standard =
      new Lucene99HnswScalarQuantizedVectorsFormat(CONNECTIONS, BEAM_WIDTH);
  private final FlatVectorsFormat vectors;
  private final FlatVectorsScorer scorer;

  private GraphFormat(BooleanSupplier aborted) {
    super(NAME);
    FlatVectorsScorer precise = FlatVectorScorerUtil.getLucene99FlatVectorsScorer();
    this.vectors = new Lucene99FlatVectorsFormat(precise);
    this.scorer = new AbortableScorer(new Lucene99ScalarQuantizedVectorScorer(precise), aborted);
  }

  /**
   * Returns the codec for writing an index.
   *
   * @param aborted returns whether building graphs must fail
   */
  static Codec codec(BooleanSupplier aborted) {
    KnnVectorsFormat format = new GraphFormat(aborted);
    return new Lucene912Codec() {
      @Override
      public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
        return format;
      }
    };
  }

  @Override
  public KnnVectorsWriter fieldsWriter(SegmentWriteState state) throws IOException {
    Lucene99ScalarQuantizedVectorsWriter quantized =
        new Lucene99ScalarQuantizedVectorsWriter(
            state, null, BITS, false, vectors.fieldsWriter(state), scorer);
    return new Lucene99HnswVectorsWriter(state, CONNECTIONS, BEAM_WIDTH, quantized, 1, null);
  }

  @Override
  public KnnVectorsReader fieldsReader(SegmentReadState state) throws IOException {
    return standard.fieldsReader(state);
  }

  @Override
  public int getMaxDimensions(String field) {
    return MAX_DIMENSION;
  }

  /** Delegates to another scorer, and makes building a graph fail once aborted. */
  private record AbortableScorer(FlatVectorsScorer scorer, BooleanSupplier aborted)
      implements FlatVectorsScorer {
    @Override
    public RandomVectorScorerSupplier getRandomVectorScorerSupplier(
        VectorSimilarityFunction similarity, RandomAccessVectorValues values) throws IOException {
      return new AbortableSupplier(
          scorer.getRandomVectorScorerSupplier(similarity, values), aborted);
    }

    @Override
    public RandomVectorScorer getRandomVectorScorer(
        VectorSimilarityFunction similarity, RandomAccessVectorValues values, float[] target)
        throws IOException {
      return scorer.getRandomVectorScorer(similarity, values, target);
    }

    @Override
    public RandomVectorScorer getRandomVectorScorer(
        VectorSimilarityFunction similarity, RandomAccessVectorValues values, byte[] target)
        throws IOException {
      return scorer.getRandomVectorScorer(similarity, values, target);
    }
  }

  /** Supplies a scorer for each vector that is added to a graph, until aborted. */
  private record AbortableSupplier(RandomVectorScorerSupplier supplier, BooleanSupplier aborted)
      implements RandomVectorScorerSupplier {
    @Override
    public RandomVectorScorer scorer(int ordinal) throws IOException {
      if (aborted.getAsBoolean()) {
        throw new MergePolicy.MergeAbortedException("the store is being closed");
      }
      return supplier.scorer(ordinal);
    }

    @Override
    public RandomVectorScorerSupplier copy() throws IOException {
      return new AbortableSupplier(supplier.copy(), aborted);
    }
  }
}
