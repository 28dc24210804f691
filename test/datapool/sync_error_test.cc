// A medium whose n-th sync fails: what is said, and what the next start finds.
#include <cerrno>

#include "datapool/pool_rig.h"

#include "check.h"

using namespace pelikan;
using namespace pelikan::test;

namespace {

class FailingMedium final : public PoolMedium {
 public:
  FailingMedium(int file, uint64_t bytes, int failing_sync)
      : below_(file, bytes), syncs_left_(failing_sync) {}

  std::span<std::byte> bytes() noexcept override { return below_.bytes(); }
  int persist(uint64_t offset, uint64_t size) noexcept override {
    return syncs_left_-- == 0 ? EIO : below_.persist(offset, size);
  }
  bool is_pmem() const noexcept override { return false; }
  std::string_view name() const noexcept override { return "failing"; }

 private:
  MmapMedium below_;
  int syncs_left_;
};

MapMedium failing_at(int sync) {
  return [sync](int file, uint64_t bytes) {
    return std::make_unique<FailingMedium>(file, bytes, sync);
  };
}

Refusal refusal_to_keep(PoolRig& rig, int failing_sync) {
  const auto pool = rig.open(failing_at(failing_sync));
  try {
    rig.keep(*pool, "new");
  } catch (const SetupError& error) {
    return {error.code(), error.what()};
  }
  return {};
}

constexpr int kSyncsOfOpen = 2;  // both superblocks
constexpr int kSyncsOfKeep = 3;  // heap, tables, superblock

START_TEST(a_sync_that_fails_at_the_stop_leaves_the_pool_dirty) {
  const TemporaryDirectory folder;
  PoolRig rig(folder.path("pool"));
  const PoolLayout layout(rig.shape);
  const uint64_t offsets[kSyncsOfKeep] = {layout.heap.offset, layout.table_sums.offset, 0};
  for (int sync = 0; sync < kSyncsOfKeep; ++sync) {
    rig.make_clean("old");
    const Refusal refusal = refusal_to_keep(rig, kSyncsOfOpen + sync);
    ck_assert(refusal.code == ExitCode::kIo);
    const std::string what =
        fmt::format("sync failed at offset {}: Input/output error", offsets[sync]);
    if (sync < 2) {
      ck_assert_text_eq(refusal.sentence,
                        "pool " + folder.path("pool") + ": " + what + "; pool left dirty");
    }
    ck_assert_ptr_nonnull(strstr(refusal.sentence.c_str(), "Input/output error; pool left dirty"));
    const auto pool = rig.open();
    ck_assert_text_eq(PoolRig::content(*pool), "empty");
    ck_assert_ptr_nonnull(strstr(pool->why_empty().c_str(), "not closed cleanly"));
  }
  ck_assert(refusal_to_keep(rig, kSyncsOfOpen + kSyncsOfKeep).code == ExitCode::kOk);
}
END_TEST

START_TEST(a_sync_that_fails_at_the_start_ends_it) {
  const TemporaryDirectory folder;
  PoolRig rig(folder.path("pool"));
  rig.make_clean("old");
  for (int sync = 0; sync < kSyncsOfOpen; ++sync) {
    const Refusal refusal = rig.refusal(failing_at(sync));
    ck_assert(refusal.code == ExitCode::kIo);
    ck_assert_ptr_nonnull(strstr(refusal.sentence.c_str(), "Input/output error; pool left dirty"));
  }
  ck_assert_text_eq(PoolRig::content(*rig.open()), "empty");
}
END_TEST

START_TEST(a_sync_that_fails_while_the_file_is_made_leaves_no_file) {
  const TemporaryDirectory folder;
  PoolRig rig(folder.path("pool"));
  ck_assert(rig.refusal(failing_at(1)).code == ExitCode::kIo);
  ck_assert(std::filesystem::is_empty(folder.path("")));
}
END_TEST

}  // namespace

PELIKAN_TESTS("datapool/sync_error", a_sync_that_fails_at_the_stop_leaves_the_pool_dirty,
              a_sync_that_fails_at_the_start_ends_it,
              a_sync_that_fails_while_the_file_is_made_leaves_no_file)
