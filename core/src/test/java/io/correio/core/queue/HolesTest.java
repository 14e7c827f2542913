package io.correio.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HolesTest {

  private static final int RANGE = 6 * Holes.BLOCK;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void does_what_a_bit_set_does(long seed) {
    Random random = new Random(seed);
    Holes holes = new Holes();
    BitSet model = new BitSet();
    int forgotten = 0;
    for (int step = 0; step < 3_000; step++) {
      int at = forgotten + random.nextInt(RANGE - forgotten);
      switch (random.nextInt(20)) {
        case 0 -> {
          int to = Math.min(RANGE - 1, at + random.nextInt(2 * Holes.BLOCK));
          holes.addRange(at, to);
          model.set(at, to + 1);
        }
        case 1 -> {
          int below = Math.min(at, forgotten + random.nextInt(Holes.BLOCK / 4));
          holes.forgetBelow(below);
          model.clear(0, below);
          forgotten = below;
        }
        case 2 -> holes = holes.copy();
        case 3 -> holes = throughCheckpoint(holes);
        default -> {
          assertThat(holes.add(at)).isEqualTo(!model.get(at));
          model.set(at);
        }
      }
      assertThat(holes.count()).isEqualTo(model.cardinality());
      int probe = forgotten + random.nextInt(RANGE - forgotten);
      assertThat(holes.contains(probe)).isEqualTo(model.get(probe));
      assertThat(holes.nextNotHole(probe)).isEqualTo(model.nextClearBit(probe));
    }
    for (int i = 0; i < RANGE + 10; i++) {
      assertThat(holes.contains(i)).as("hole %d", i).isEqualTo(model.get(i));
    }
  }

  private static Holes throughCheckpoint(Holes holes) {
    Holes restored = new Holes();
    for (Holes.Block block = holes.firstBlock(); block != null; block = block.next()) {
      restored.restoreBlock(block.number(), block.words().clone());
    }
    return restored;
  }

  @Test
  void sequence_may_lie_far_beyond_what_fits_in_32_bits() {
    long far = 1L << 40;
    Holes holes = new Holes();
    holes.add(far + 70);
    holes.addRange(far - 5, far + 69);
    assertThat(holes.count()).isEqualTo(76);
    assertThat(holes.nextNotHole(far - 5)).isEqualTo(far + 71);
    assertThat(holes.nextNotHole(far - 6)).isEqualTo(far - 6);
    holes.forgetBelow(far + 71);
    assertThat(holes.count()).isZero();
  }

  @Test
  void copy_does_not_change_with_the_original() {
    Holes holes = new Holes();
    holes.addRange(10, 10 + 2 * Holes.BLOCK);
    Holes copy = holes.copy();
    holes.forgetBelow(Holes.BLOCK + 50);
    holes.add(9);
    assertThat(copy.contains(9)).isFalse();
    assertThat(copy.contains(10)).isTrue();
    assertThat(copy.count()).isEqualTo(2 * Holes.BLOCK + 1);
  }

  @Test
  void what_is_added_below_the_first_block_is_found() {
    Holes holes = new Holes();
    holes.add(5 * Holes.BLOCK);
    holes.add(3);
    assertThat(holes.contains(3)).isTrue();
    assertThat(holes.contains(5 * Holes.BLOCK)).isTrue();
    assertThat(holes.count()).isEqualTo(2);
  }
}
