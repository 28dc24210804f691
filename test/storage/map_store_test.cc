// The reference store passes the conformance suite itself.
#include "storage/map_store.h"
#include "storage/store_conformance.h"

namespace {

class MapFixture {
 public:
  using Store = pelikan::test::MapStore;

  Store& store() { return store_; }
  const pelikan::Clock& clock() { return clock_; }
  void advance_ms(int64_t ms) {
    time_.advance_ms(ms);
    clock_.refresh();
  }
  void maintain() {}  // it has no background work

 private:
  pelikan::FakeTime time_;
  pelikan::Clock clock_{time_};
  Store store_{clock_};
};

}  // namespace

int main() { return pelikan::test::run_conformance<MapFixture>("storage/map_store"); }
