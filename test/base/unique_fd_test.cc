#include "base/unique_fd.h"

#include <fcntl.h>

#include "check.h"

using namespace pelikan;

namespace {

int open_null() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }
bool is_open(int fd) { return ::fcntl(fd, F_GETFD) != -1; }

START_TEST(it_closes_what_it_owns) {
  int fd = -1;
  {
    const UniqueFd owner(open_null());
    fd = owner.get();
    ck_assert(static_cast<bool>(owner));
    ck_assert(is_open(fd));
  }
  ck_assert(!is_open(fd));
  ck_assert(!UniqueFd());
}
END_TEST

START_TEST(ownership_moves_and_is_given_up) {
  UniqueFd first(open_null());
  const int fd = first.get();
  UniqueFd second(std::move(first));
  ck_assert_int_eq(second.get(), fd);
  const int released = second.release();
  ck_assert(!second);
  ck_assert(is_open(released));
  ::close(released);
}
END_TEST

START_TEST(a_new_descriptor_closes_the_old_one) {
  UniqueFd owner(open_null());
  const int fd = owner.get();
  UniqueFd other(open_null());
  const int kept = other.get();
  owner = std::move(other);
  ck_assert(!is_open(fd));
  ck_assert_int_eq(owner.get(), kept);
  UniqueFd& same = owner;
  owner = std::move(same);
  ck_assert(is_open(kept));
  owner.reset();
  ck_assert(!is_open(kept));
}
END_TEST

}  // namespace

PELIKAN_TESTS("base/unique_fd", it_closes_what_it_owns, ownership_moves_and_is_given_up,
              a_new_descriptor_closes_the_old_one)
