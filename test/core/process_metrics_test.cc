#include "core/process_metrics.h"

#include <fcntl.h>
#include <unistd.h>

#include <vector>

#include "base/unique_fd.h"
#include "metric/registry.h"

#include "check.h"

namespace pelikan {
namespace {

constexpr int64_t kStart = 5'000;

struct World {
  FakeTime time{kStart};
  MetricRegistry registry;
  ProcessMetrics metrics{registry, time, kStart};
};

START_TEST(uptime_runs_on_the_clock_that_is_given) {
  World world;
  ck_assert_int_eq(world.registry.read().value("process_uptime_ms"), 0);
  world.time.advance_ms(1'234);
  ck_assert_int_eq(world.registry.read().value("process_uptime_ms"), 1'234);
}
END_TEST

START_TEST(the_process_is_this_one) {
  World world;
  ck_assert_int_eq(world.registry.read().value("process_pid"), getpid());
}
END_TEST

START_TEST(cpu_time_grows_with_work) {
  World world;
  const MetricSnapshot before = world.registry.read();
  const auto cpu = [](const MetricSnapshot& at) {
    return at.value("process_user_us") + at.value("process_system_us");
  };
  int64_t now = cpu(before);
  while (now < cpu(before) + 1'000) now = cpu(world.registry.read());  // ends only when it grows
}
END_TEST

START_TEST(memory_in_use_is_resident) {
  World world;
  const int64_t before = world.registry.read().value("process_resident_bytes");
  const std::vector<char> block(64 << 20, 'x');
  ck_assert_int_ge(world.registry.read().value("process_resident_bytes"), before + (60 << 20));
}
END_TEST

START_TEST(open_files_are_counted_once_a_second) {
  World world;
  const int64_t before = world.registry.read().value("process_open_files");
  ck_assert_int_ge(before, 3);
  const UniqueFd one(::open("/dev/null", O_RDONLY));
  const UniqueFd two(::open("/dev/null", O_RDONLY));
  world.time.advance_ms(999);
  ck_assert_int_eq(world.registry.read().value("process_open_files"), before);
  world.time.advance_ms(1);
  ck_assert_int_eq(world.registry.read().value("process_open_files"), before + 2);
}
END_TEST

}  // namespace
}  // namespace pelikan

PELIKAN_TESTS("core/process_metrics", pelikan::uptime_runs_on_the_clock_that_is_given,
              pelikan::the_process_is_this_one, pelikan::cpu_time_grows_with_work,
              pelikan::memory_in_use_is_resident, pelikan::open_files_are_counted_once_a_second)
