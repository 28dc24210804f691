// The seg store passes the conformance suite for stores: with segments of the usual size, and with
// the smallest, where a value of a kilobyte is a large one already.
#include <cstdlib>

#include "storage/seg/seg_fixture.h"
#include "storage/store_conformance.h"

namespace {

using pelikan::Bytes;
using pelikan::kKiB;
using pelikan::kMiB;
using pelikan::test::SegFixture;

class SmallestSegments : public SegFixture {
 public:
  SmallestSegments() : SegFixture(Bytes{64 * kMiB}, Bytes{2 * kKiB}, Bytes{64 * kKiB}) {}
};

}  // namespace

int main() {
  const int usual = pelikan::test::run_conformance<SegFixture>("storage/seg");
  const int smallest =
      pelikan::test::run_conformance<SmallestSegments>("storage/seg, smallest segments");
  return usual == EXIT_SUCCESS && smallest == EXIT_SUCCESS ? EXIT_SUCCESS : EXIT_FAILURE;
}
