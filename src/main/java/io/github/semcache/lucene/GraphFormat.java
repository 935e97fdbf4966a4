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
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsWriter;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.hnsw.RandomAccessVectorValues;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.apache.lucene.util.hnsw.RandomVectorScorerSupplier;

/**
 * Lucene's own format of vectors and graphs, under its own name, so that any Lucene reads it back.
 * Only writing differs: more dimensions are allowed, and the building of a graph, which may take
 * minutes, can be broken off.
 */
final class GraphFormat extends KnnVectorsFormat {
  static final int MAX_DIMENSION = 16_384;

  private static final String NAME = "Lucene99HnswVectorsFormat";
  private static final int CONNECTIONS = 16;
  private static final int BEAM_WIDTH = 100;

  private final KnnVectorsFormat stock = new Lucene99HnswVectorsFormat(CONNECTIONS, BEAM_WIDTH);
  private final FlatVectorsFormat vectors;

  private GraphFormat(BooleanSupplier brokenOff) {
    super(NAME);
    this.vectors =
        new Lucene99FlatVectorsFormat(
            new Scorer(FlatVectorScorerUtil.getLucene99FlatVectorsScorer(), brokenOff));
  }

  /**
   * The codec to write an index with.
   *
   * @param brokenOff once it says true, the building of graphs ends in an exception
   */
  static Codec codec(BooleanSupplier brokenOff) {
    KnnVectorsFormat format = new GraphFormat(brokenOff);
    return new Lucene912Codec() {
      @Override
      public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
        return format;
      }
    };
  }

  @Override
  public KnnVectorsWriter fieldsWriter(SegmentWriteState state) throws IOException {
    return new Lucene99HnswVectorsWriter(
        state, CONNECTIONS, BEAM_WIDTH, vectors.fieldsWriter(state), 1, null);
  }

  @Override
  public KnnVectorsReader fieldsReader(SegmentReadState state) throws IOException {
    return stock.fieldsReader(state);
  }

  @Override
  public int getMaxDimensions(String field) {
    return MAX_DIMENSION;
  }

  /** Compares vectors as another scorer does, until it is told to break off. */
  private record Scorer(FlatVectorsScorer scorer, BooleanSupplier brokenOff)
      implements FlatVectorsScorer {
    @Override
    public RandomVectorScorerSupplier getRandomVectorScorerSupplier(
        VectorSimilarityFunction similarity, RandomAccessVectorValues values) throws IOException {
      return new Supplier(scorer.getRandomVectorScorerSupplier(similarity, values), brokenOff);
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

  /** Is asked for a scorer for every vector that is added to a graph. */
  private record Supplier(RandomVectorScorerSupplier supplier, BooleanSupplier brokenOff)
      implements RandomVectorScorerSupplier {
    @Override
    public RandomVectorScorer scorer(int ordinal) throws IOException {
      if (brokenOff.getAsBoolean()) {
        throw new MergePolicy.MergeAbortedException("the store is being closed");
      }
      return supplier.scorer(ordinal);
    }

    @Override
    public RandomVectorScorerSupplier copy() throws IOException {
      return new Supplier(supplier.copy(), brokenOff);
    }
  }
}
