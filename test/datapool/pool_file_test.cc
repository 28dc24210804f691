#include "datapool/pool_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <filesystem>

#include "datapool/pool_rig.h"

#include "check.h"

using namespace pelikan;
using namespace pelikan::test;

namespace {

namespace fs = std::filesystem;

constexpr uid_t kNobody = 65534;

bool is_root() { return ::geteuid() == 0; }

// A refusal of this code whose sentence, behind "pool PATH: ", is this.
void expect_refusal(PoolRig& rig, ExitCode code, const std::string& sentence) {
  const Refusal refusal = rig.refusal();
  ck_assert_text_eq(refusal.sentence, "pool " + rig.options.path.get() + ": " + sentence);
  ck_assert_int_eq(static_cast<int>(refusal.code), static_cast<int>(code));
}

void write_file(const std::string& path, std::string_view content, mode_t mode = 0600) {
  std::ofstream(path) << content;
  ck_assert_int_eq(::chmod(path.c_str(), mode), 0);
}

START_TEST(a_symbolic_link_is_not_followed) {
  const TemporaryDirectory folder;
  PoolRig rig(folder.path("link"));
  fs::create_symlink(folder.path("pool"), folder.path("link"));
  expect_refusal(rig, ExitCode::kNoInput,
                 "Too many levels of symbolic links (a symbolic link is not followed)");
  ck_assert(!fs::exists(folder.path("pool")));
}
END_TEST

START_TEST(a_directory_is_refused) {
  const TemporaryDirectory folder;
  PoolRig rig(folder.path(""));
  expect_refusal(rig, ExitCode::kNoInput, "Is a directory");
}
END_TEST

START_TEST(a_pipe_is_refused_and_not_waited_for) {
  const TemporaryDirectory folder;
  PoolRig rig(folder.path("pipe"));
  ck_assert_int_eq(::mkfifo(folder.path("pipe").c_str(), 0600), 0);
  expect_refusal(rig, ExitCode::kNoInput, "not a regular file");
}
END_TEST

START_TEST(a_device_is_refused) {
  PoolRig rig("/dev/null");
  expect_refusal(rig, ExitCode::kNoInput, "not a regular file");
}
END_TEST

START_TEST(a_folder_that_is_missing_is_told) {
  const TemporaryDirectory folder;
  PoolRig rig(folder.path("missing/pool"));
  expect_refusal(rig, ExitCode::kCannotCreate, "cannot be made: No such file or directory");
}
END_TEST

START_TEST(a_file_of_somebody_else_is_refused) {
  if (!is_root()) return;  // only root can give a file away
  const TemporaryDirectory folder;
  PoolRig rig(folder.path("pool"));
  rig.make_clean("x");
  ck_assert_int_eq(::chown(folder.path("pool").c_str(), kNobody, kNobody), 0);
  expect_refusal(rig, ExitCode::kNoPermission, "belongs to user 65534, and this process is user 0");
}
END_TEST

START_TEST(permissions_that_let_others_in_are_refused) {
  const TemporaryDirectory folder;
  PoolRig rig(folder.path("pool"));
  rig.make_clean("x");
  ck_assert_int_eq(::chmod(folder.path("pool").c_str(), 0640), 0);
  expect_refusal(rig, ExitCode::kNoPermission, "permissions 0640 allow more than pool_mode, 0600");
  rig.options.mode.set("0660");
  ck_assert_text_eq(PoolRig::content(*rig.open()), "x");
}
END_TEST

START_TEST(the_option_gives_a_new_pool_its_permissions_whatever_the_umask) {
  const TemporaryDirectory folder;
  PoolRig rig(folder.path("pool"));
  rig.options.mode.set("0660");
  ::umask(0777);
  (void)rig.open();
  struct stat status {};
  ck_assert_int_eq(::stat(folder.path("pool").c_str(), &status), 0);
  ck_assert_uint_eq(status.st_mode & 07777, 0660);
}
END_TEST

START_TEST(permissions_that_make_no_sense_are_an_error_of_the_configuration) {
  const TemporaryDirectory folder;
  PoolRig rig(folder.path("pool"));
  for (const char* mode : {"0400", "600x", "", "01600", "0680", "rw"}) {
    rig.options.mode.set(mode);
    const Refusal refusal = rig.refusal();
    ck_assert_text_eq(refusal.sentence,
                      fmt::format("pool_mode: '{}' is not octal permissions that let the owner "
                                  "read and write (like 0600)",
                                  mode));
    ck_assert(refusal.code == ExitCode::kConfig);
  }
}
END_TEST

// As root everything may be written, whatever its permissions: then as nobody.
START_TEST(a_file_that_may_not_be_written_is_refused) {
  const TemporaryDirectory folder;
  PoolRig rig(folder.path("pool"));
  rig.make_clean("x");
  ck_assert_int_eq(::chmod(folder.path("pool").c_str(), 0400), 0);
  const uid_t user = ::geteuid();
  if (is_root()) {
    expect_refusal(rig, ExitCode::kNoPermission,
                   "permissions 0400 do not let its owner read and write");
    ck_assert_int_eq(::chmod(folder.path("").c_str(), 0755), 0);
    ck_assert_int_eq(::seteuid(kNobody), 0);
  } else {
    ck_assert_int_eq(::chmod(folder.path("").c_str(), 0555), 0);
  }
  expect_refusal(rig, ExitCode::kNoPermission, "Permission denied");
  rig.options.path.set(folder.path("other"));
  expect_refusal(rig, ExitCode::kNoPermission, "cannot be made: Permission denied");
  ck_assert_int_eq(::seteuid(user), 0);
  ck_assert_int_eq(::chmod(folder.path("").c_str(), 0700), 0);
}
END_TEST

// The other process opens the pool, tells that by a byte, and ends when the pipe does.
class Holder {
 public:
  explicit Holder(PoolRig& rig) {
    ck_assert_int_eq(::pipe(told_), 0);
    ck_assert_int_eq(::pipe(end_), 0);
    child_ = ::fork();
    if (child_ == 0) hold(rig);
    char byte;
    ck_assert_int_eq(::read(told_[0], &byte, 1), 1);
  }
  ~Holder() {
    ::close(end_[1]);
    ::waitpid(child_, nullptr, 0);
  }
  pid_t process() const { return child_; }

 private:
  [[noreturn]] void hold(PoolRig& rig) {
    ::close(end_[1]);
    [[maybe_unused]] const auto pool = rig.open();
    char byte = 1;
    (void)!::write(told_[1], &byte, 1);
    (void)!::read(end_[0], &byte, 1);
    ::_exit(0);
  }

  int told_[2];
  int end_[2];
  pid_t child_;
};

START_TEST(of_two_processes_the_second_is_told_who_the_first_is) {
  const TemporaryDirectory folder;
  PoolRig rig(folder.path("pool"));
  rig.make_clean("x");
  {
    const Holder holder(rig);
    expect_refusal(rig, ExitCode::kInUse, fmt::format("in use by pid {}", holder.process()));
    rig.options.format.give();
    expect_refusal(rig, ExitCode::kInUse, fmt::format("in use by pid {}", holder.process()));
  }
  PoolRig later(folder.path("pool"));
  ck_assert_ptr_nonnull(strstr(later.open()->why_empty().c_str(), "not closed cleanly"));
}
END_TEST

START_TEST(a_pool_that_somebody_makes_meanwhile_is_left_to_him) {
  const TemporaryDirectory folder;
  PoolRig rig(folder.path("pool"));
  PoolRig other(folder.path("pool"));
  const auto late = rig.refusal([&](int file, uint64_t bytes) {
    other.make_clean("his");
    return PoolRig::map(file, bytes);
  });
  ck_assert(late.code == ExitCode::kInUse);
  ck_assert_ptr_nonnull(strstr(late.sentence.c_str(), "in use by another process, which made it"));
  ck_assert_text_eq(PoolRig::content(*other.open()), "his");
}
END_TEST

START_TEST(what_is_no_pool_is_left_alone_byte_for_byte) {
  const TemporaryDirectory folder;
  PoolRig rig(folder.path("pool"));
  for (const size_t size : {1U, 7U, 4096U, 8192U, 1'300'000U}) {
    const std::string diary(size, 'd');
    write_file(folder.path("pool"), diary);
    const Refusal refusal = rig.refusal();
    ck_assert(refusal.code == ExitCode::kBadData);
    ck_assert_ptr_nonnull(strstr(refusal.sentence.c_str(), "not a pelikan pool (no signature)"));
    ck_assert(content_of(folder.path("pool")) == diary);
  }
  expect_refusal(rig, ExitCode::kBadData,
                 "not a pelikan pool (no signature); refusing to overwrite 1.2 MiB. Use "
                 "--format-pool to destroy it");
}
END_TEST

START_TEST(the_one_shot_flag_formats_whatever_is_there) {
  const TemporaryDirectory folder;
  for (const size_t size : {1U, 10'000U, 1'300'000U}) {
    PoolRig rig(folder.path("pool"));
    write_file(folder.path("pool"), std::string(size, 'd'));
    rig.options.format.give();
    rig.make_clean("x");
    ck_assert_uint_eq(fs::file_size(folder.path("pool")), PoolLayout(rig.shape).file_bytes);
    ck_assert_ptr_nonnull(strstr(rig.said().c_str(), "formatted, as --format-pool asks"));
    PoolRig next(folder.path("pool"));
    ck_assert_text_eq(PoolRig::content(*next.open()), "x");
  }
}
END_TEST

// Larger than what a file may be, than the disk, than all memory.
START_TEST(without_room_nothing_is_left_behind) {
  const TemporaryDirectory folder;
  PoolRig rig(folder.path("pool"));
  rig.shape.segments = uint64_t{1} << 33;  // 16 TiB
  const Refusal refusal = rig.refusal();
  ck_assert(refusal.code == ExitCode::kCannotCreate);
  ck_assert_ptr_nonnull(strstr(refusal.sentence.c_str(), ": cannot reserve 16.0 TiB: "));
  ck_assert(fs::is_empty(folder.path("")));

  const TemporaryDirectory memory("/dev/shm");
  rig.options.path.set(memory.path("pool"));
  ck_assert(rig.refusal().code == ExitCode::kCannotCreate);
  ck_assert(fs::is_empty(memory.path("")));
}
END_TEST

START_TEST(a_limit_on_files_is_told_before_a_signal_comes) {
  const TemporaryDirectory folder;
  PoolRig rig(folder.path("pool"));
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit limit{.rlim_cur = 20'000, .rlim_max = before.rlim_max};
  ck_assert_int_eq(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  const Refusal refusal = rig.refusal();
  ck_assert_int_eq(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ck_assert(refusal.code == ExitCode::kCannotCreate);
  ck_assert_ptr_nonnull(strstr(refusal.sentence.c_str(), "KiB: File too large ("));
  ck_assert(fs::is_empty(folder.path("")));
}
END_TEST

// A file system of 64 KiB, in a name space of mounts of this test's own.
class SmallDisk {
 public:
  explicit SmallDisk(std::string path) : path_(std::move(path)) {
    is_mounted_ = is_root() && ::unshare(CLONE_NEWNS) == 0 &&
                  ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                  ::mount("small", path_.c_str(), "tmpfs", 0, "size=64k") == 0;
  }
  ~SmallDisk() {
    if (is_mounted_) ::umount(path_.c_str());
  }
  bool is_mounted() const { return is_mounted_; }
  void make_read_only() {
    ck_assert_int_eq(::mount("small", path_.c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, ""), 0);
  }

 private:
  std::string path_;
  bool is_mounted_;
};

START_TEST(on_a_full_disk_the_room_is_told_and_an_older_pool_stays) {
  const TemporaryDirectory folder;
  SmallDisk disk(folder.path(""));
  if (!disk.is_mounted()) return;  // takes root
  PoolRig rig(folder.path("pool"));
  rig.shape.segments = 1024;
  expect_refusal(rig, ExitCode::kCannotCreate,
                 "cannot reserve 2.0 MiB: No space left on device (64 KiB free)");
  ck_assert(fs::is_empty(folder.path("")));

  rig.shape = kSmallShape;
  rig.make_clean("x");
  rig.shape.segments = 1024;
  rig.options.on_mismatch.set("discard");
  ck_assert(rig.refusal().code == ExitCode::kCannotCreate);
  rig.shape = kSmallShape;
  ck_assert_text_eq(PoolRig::content(*rig.open()), "x");
}
END_TEST

START_TEST(on_a_read_only_disk_a_pool_is_neither_opened_nor_made) {
  const TemporaryDirectory folder;
  SmallDisk disk(folder.path(""));
  if (!disk.is_mounted()) return;  // takes root
  PoolRig rig(folder.path("pool"));
  rig.make_clean("x");
  disk.make_read_only();
  expect_refusal(rig, ExitCode::kNoPermission, "Read-only file system");
  PoolRig other(folder.path("other"));
  expect_refusal(other, ExitCode::kNoPermission, "cannot be made: Read-only file system");
}
END_TEST

}  // namespace

PELIKAN_TESTS("datapool/pool_file", a_symbolic_link_is_not_followed, a_directory_is_refused,
              a_pipe_is_refused_and_not_waited_for, a_device_is_refused,
              a_folder_that_is_missing_is_told, a_file_of_somebody_else_is_refused,
              permissions_that_let_others_in_are_refused,
              the_option_gives_a_new_pool_its_permissions_whatever_the_umask,
              permissions_that_make_no_sense_are_an_error_of_the_configuration,
              a_file_that_may_not_be_written_is_refused,
              of_two_processes_the_second_is_told_who_the_first_is,
              a_pool_that_somebody_makes_meanwhile_is_left_to_him,
              what_is_no_pool_is_left_alone_byte_for_byte,
              the_one_shot_flag_formats_whatever_is_there, without_room_nothing_is_left_behind,
              a_limit_on_files_is_told_before_a_signal_comes,
              on_a_full_disk_the_room_is_told_and_an_older_pool_stays,
              on_a_read_only_disk_a_pool_is_neither_opened_nor_made)
