#include "datapool/media.h"

#include <cstdlib>

#include "datapool/pmem_medium.h"
#include "datapool/pool_rig.h"

#include "check.h"

using namespace pelikan;
using namespace pelikan::test;

namespace {

bool is_forced() { return std::getenv("PMEM_IS_PMEM_FORCE") != nullptr; }

std::unique_ptr<FilePool> open(PoolRig& rig) {
  return rig.open(choose_medium(rig.options, rig.log));
}

Refusal refusal(PoolRig& rig) {
  try {
    (void)open(rig);
  } catch (const SetupError& error) {
    return {error.code(), error.what()};
  }
  return {};
}

START_TEST(an_ordinary_file_is_found_to_be_one_and_said_so) {
  for (const char* parent : {"/tmp", "/dev/shm"}) {
    const TemporaryDirectory folder(parent);
    PoolRig rig(folder.path("pool"));
    auto pool = open(rig);
    ck_assert_text_eq(pool->medium(), "msync");
    ck_assert(!pool->heap_copy().is_pmem());
    ck_assert_int_eq(rig.metric("pool_pmem"), 0);
    ck_assert_ptr_nonnull(strstr(rig.said().c_str(), "not persistent memory"));
    rig.keep(*pool, "x");
    pool.reset();
    ck_assert_text_eq(PoolRig::content(*open(rig)), "x");
  }
}
END_TEST

START_TEST(whoever_asks_for_persistent_memory_is_not_given_less) {
  const TemporaryDirectory folder;
  PoolRig rig(folder.path("pool"));
  rig.options.medium.set("pmem");
  const Refusal answer = refusal(rig);
  ck_assert(answer.code == ExitCode::kConfig);
  ck_assert_ptr_nonnull(strstr(answer.sentence.c_str(), "pool_medium=pmem, and th"));
  ck_assert(std::filesystem::is_empty(folder.path("")));
}
END_TEST

START_TEST(plain_mapping_asks_nobody) {
  const TemporaryDirectory folder;
  PoolRig rig(folder.path("pool"));
  rig.options.medium.set("mmap");
  ck_assert_text_eq(open(rig)->medium(), "msync");
  ck_assert_text_eq(rig.said(), "");
}
END_TEST

START_TEST(an_environment_that_lies_is_refused) {
  const TemporaryDirectory folder;
  PoolRig rig(folder.path("pool"));
  const Refusal answer = refusal(rig);
  ck_assert(answer.code == ExitCode::kConfig);
  ck_assert_ptr_nonnull(strstr(answer.sentence.c_str(), ": PMEM_IS_PMEM_FORCE is set, with which"));
  ck_assert(std::filesystem::is_empty(folder.path("")));
  rig.options.medium.set("mmap");
  ck_assert_text_eq(open(rig)->medium(), "msync");
}
END_TEST

START_TEST(for_tests_any_file_is_written_as_persistent_memory) {
  if (!PmemMedium::is_built_in()) return;
  for (const char* parent : {"/tmp", "/dev/shm"}) {
    const TemporaryDirectory folder(parent);
    PoolRig rig(folder.path("pool"));
    rig.options.force_pmem.set("test");
    auto pool = open(rig);
    ck_assert_text_eq(pool->medium(), "pmem");
    ck_assert_int_eq(rig.metric("pool_pmem"), 1);
    ck_assert_ptr_nonnull(strstr(rig.said().c_str(), "nothing written to it is durable"));

    const HeapCopy heap_copy = pool->heap_copy();
    ck_assert(heap_copy.is_pmem());
    const std::string text = "goes past the caches, in pieces of any size";
    const std::span<std::byte> heap = pool->bytes();
    for (size_t at = 0, size = 1; at < heap.size(); at += size, size = size % 777 + 1) {
      size = std::min(size, heap.size() - at);
      std::string piece(size, ' ');
      for (size_t i = 0; i < size; ++i) piece[i] = text[(at + i) % text.size()];
      heap_copy.copy(heap.data() + at, piece.data(), size);
    }
    heap_copy.drain();
    pool->keep([&](PoolWriter& writer) { writer.append(bytes_of(text)); });
    pool.reset();
    ck_assert(PoolRig::content(*open(rig)) == text);
  }
}
END_TEST

}  // namespace

// libpmem reads the environment when it is loaded: the second half runs in a process that was
// started with it.
int main(int, char** argv) {
  if (is_forced()) {
    return run_suite("datapool/media, forced",
                     std::array{an_environment_that_lies_is_refused,
                                for_tests_any_file_is_written_as_persistent_memory});
  }
  const int failed =
      run_suite("datapool/media", std::array{an_ordinary_file_is_found_to_be_one_and_said_so,
                                             whoever_asks_for_persistent_memory_is_not_given_less,
                                             plain_mapping_asks_nobody});
  if (failed != EXIT_SUCCESS) return failed;
  ::setenv("PMEM_IS_PMEM_FORCE", "1", 1);
  ::execv("/proc/self/exe", argv);
  return EXIT_FAILURE;
}
