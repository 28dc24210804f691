#include "datapool/bus_error.h"

#include <fcntl.h>
#include <sys/mman.h>

#include "datapool/pool_rig.h"

#include "check.h"

using namespace pelikan;
using namespace pelikan::test;

namespace {

struct Ending {
  int status;
  std::string words;  // on stderr
};

// How a child process ends that runs `act`.
template <class Act>
Ending ending_of(const Act& act) {
  int pipe_ends[2];
  ck_assert_int_eq(::pipe(pipe_ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(pipe_ends[1], STDERR_FILENO);
    ::close(pipe_ends[1]);
    act();
    ::_exit(0);
  }
  ::close(pipe_ends[1]);
  Ending ending{};
  char buffer[256];
  for (ssize_t got; (got = ::read(pipe_ends[0], buffer, sizeof buffer)) > 0;) {
    ending.words.append(buffer, static_cast<size_t>(got));
  }
  ::close(pipe_ends[0]);
  ck_assert_int_eq(::waitpid(child, &ending.status, 0), child);
  return ending;
}

START_TEST(a_pool_that_is_cut_while_it_is_used_ends_the_process_with_a_sentence) {
  const TemporaryDirectory folder;
  PoolRig rig(folder.path("pool"));
  const PoolLayout layout(rig.shape);
  const Ending ending = ending_of([&] {
    const auto pool = rig.open();
    ck_assert_int_eq(::truncate(folder.path("pool").c_str(), 4096), 0);
    pool->bytes()[8192] = std::byte{1};
  });
  ck_assert(WIFEXITED(ending.status));
  ck_assert_int_eq(WEXITSTATUS(ending.status), 70);
  ck_assert_text_eq(ending.words,
                    fmt::format("pool {}: the file was cut or its device failed, at offset {}\n",
                                folder.path("pool"), layout.heap.offset + 8192));
}
END_TEST

START_TEST(a_bus_error_elsewhere_is_a_bus_error) {
  const TemporaryDirectory folder;
  PoolRig rig(folder.path("pool"));
  const Ending ending = ending_of([&] {
    const auto pool = rig.open();
    const UniqueFd file(::open(folder.path("other").c_str(), O_RDWR | O_CREAT, 0600));
    void* page = ::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, file.get(), 0);
    (void)*static_cast<volatile char*>(page);
  });
  ck_assert(WIFSIGNALED(ending.status));
  ck_assert_int_eq(WTERMSIG(ending.status), SIGBUS);
}
END_TEST

}  // namespace

PELIKAN_TESTS("datapool/bus_error",
              a_pool_that_is_cut_while_it_is_used_ends_the_process_with_a_sentence,
              a_bus_error_elsewhere_is_a_bus_error)
