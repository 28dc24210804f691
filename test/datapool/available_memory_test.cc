// What memory a process may take, told by trees of files like the kernel's.
#include "datapool/available_memory.h"

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

#include "base/bytes.h"
#include "log/temporary_directory.h"

#include "check.h"

namespace pelikan {
namespace {

class Tree {
 public:
  void write(const std::string& name, const std::string& text) {
    const std::filesystem::path path = folder_.path(name);
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  // Limit and use of a group, and how much of that are pages of files.
  void write_group(const std::string& group, const std::string& limit, size_t used, size_t files) {
    const std::string folder = "sys/fs/cgroup/" + group;
    write(folder + "/memory.max", limit + "\n");
    write(folder + "/memory.current", std::to_string(used) + "\n");
    write(folder + "/memory.stat", "anon 7\nactive_file " + std::to_string(files / 2) +
                                       "\ninactive_file " + std::to_string(files - files / 2) +
                                       "\n");
  }
  size_t available() const { return available_memory(folder_.path("")); }

 private:
  test::TemporaryDirectory folder_;
};

constexpr const char* kMachine = "MemTotal: 9000 kB\nMemAvailable: 4000 kB\n";

START_TEST(without_the_files_nothing_is_limited) {
  const Tree tree;
  ck_assert_uint_eq(tree.available(), std::numeric_limits<size_t>::max());
}
END_TEST

START_TEST(the_machine_has_what_the_kernel_estimates) {
  Tree tree;
  tree.write("proc/meminfo", kMachine);
  ck_assert_uint_eq(tree.available(), 4000 * kKiB);
  tree.write("proc/self/cgroup", "0::/\n");
  ck_assert_uint_eq(tree.available(), 4000 * kKiB);
}
END_TEST

START_TEST(a_group_has_what_is_left_under_its_limit_and_pages_of_files_count_as_free) {
  Tree tree;
  tree.write("proc/meminfo", kMachine);
  tree.write("proc/self/cgroup", "1:name=systemd:/other\n0::/service\n");
  tree.write_group("service", "1000000", 600'000, 100'001);
  ck_assert_uint_eq(tree.available(), 500'001);
  tree.write_group("service", "max", 600'000, 0);
  ck_assert_uint_eq(tree.available(), 4000 * kKiB);
  tree.write_group("service", "1000000", 1'200'000, 0);
  ck_assert_uint_eq(tree.available(), 0);
  tree.write_group("service", "nonsense", 0, 0);
  ck_assert_uint_eq(tree.available(), 4000 * kKiB);
}
END_TEST

START_TEST(the_tightest_group_up_to_the_root_counts) {
  Tree tree;
  tree.write("proc/self/cgroup", "0::/outer/inner\n");
  tree.write_group("outer/inner", "1000000", 0, 0);
  ck_assert_uint_eq(tree.available(), 1'000'000);
  tree.write_group("outer", "900000", 100'000, 200'000);
  ck_assert_uint_eq(tree.available(), 900'000);
  tree.write_group("", "500000", 1, 0);
  ck_assert_uint_eq(tree.available(), 499'999);
}
END_TEST

START_TEST(of_another_hierarchy_nothing_is_known) {
  Tree tree;
  tree.write("proc/meminfo", kMachine);
  tree.write("proc/self/cgroup", "4:memory:/service\n");
  tree.write_group("service", "1000", 0, 0);
  ck_assert_uint_eq(tree.available(), 4000 * kKiB);
}
END_TEST

}  // namespace
}  // namespace pelikan

using namespace pelikan;
PELIKAN_TESTS("datapool/available_memory", without_the_files_nothing_is_limited,
              the_machine_has_what_the_kernel_estimates,
              a_group_has_what_is_left_under_its_limit_and_pages_of_files_count_as_free,
              the_tightest_group_up_to_the_root_counts, of_another_hierarchy_nothing_is_known)
