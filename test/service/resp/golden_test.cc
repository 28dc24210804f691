// The golden tables of RESP over the seg store, in both versions of the protocol.
#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "../golden_play.h"
#include "golden_tables.h"
#include "rig.h"

#include "check.h"

namespace pelikan {
namespace {

using test::GoldenCase;
using test::GoldenGroup;
using test::GoldenStep;
using test::RespRig;
using test::ServiceConnection;

constexpr size_t kLong = 20'000;  // longer cases are not split at every byte

// What is wrong with cases, together.
class Faults {
 public:
  void add(const std::string& fault) {
    if (fault.empty()) return;
    if (count_++ == 0) first_ = fault;
    names_ += ' ' + fault.substr(0, fault.find(':'));
  }
  void expect_none() const {
    ck_assert_msg(count_ == 0, "%s\nand so %zu:%.2000s", first_.c_str(), count_, names_.c_str());
  }

 private:
  size_t count_ = 0;
  std::string first_;
  std::string names_;
};

std::vector<GoldenGroup> all_groups() {
  std::vector<GoldenGroup> groups = test::read_resp2_golden();
  std::ranges::move(test::read_resp3_golden(), std::back_inserter(groups));
  return groups;
}

// Plays the case on a connection of its own; `feed` gets it, and the bytes of a step. Returns what
// is wrong.
template <class Feed>
std::string play(RespRig& rig, const GoldenCase& golden, const Feed& feed) {
  ServiceConnection connection = rig.connect();
  std::string cas;
  return test::play_golden(
      golden, connection, cas, [&](int64_t ms) { rig.advance_ms(ms); },
      [&](std::string_view bytes) { return feed(connection, bytes); });
}

// Hands every case to `run`, with a server for its group; it returns what is wrong.
template <class Run>
void for_every_case(const Run& run) {
  Faults faults;
  for (const GoldenGroup& group : all_groups()) {
    RespRig rig(group.options);
    for (const GoldenCase& golden : group.cases) {
      rig.flush();
      faults.add(run(rig, golden));
    }
    rig.store().check_invariants();
  }
  faults.expect_none();
}

START_TEST(the_tables_are_read_whole) {
  size_t all = 0;
  for (const test::GoldenTable& table : test::kRespGolden) {
    size_t cases = 0;
    for (const GoldenGroup& group : test::GoldenReader::read(table)) cases += group.cases.size();
    ck_assert_msg(cases >= table.least, "%s has %zu cases", table.name.data(), cases);
    all += cases;
  }
  ck_assert_uint_ge(all, 300);
}
END_TEST

START_TEST(every_case_is_answered_when_it_comes_whole) {
  for_every_case([](RespRig& rig, const GoldenCase& golden) {
    return play(rig, golden, [](ServiceConnection& connection, std::string_view bytes) {
      return connection.send(bytes);
    });
  });
}
END_TEST

START_TEST(every_case_is_answered_alike_when_it_is_split_at_any_byte) {
  for_every_case([](RespRig& rig, const GoldenCase& golden) {
    std::string wrong;
    if (golden.whole || test::size_of(golden) > kLong) return wrong;
    for (size_t split = 1; split < test::longest_step(golden) && wrong.empty(); ++split) {
      rig.flush();
      wrong = play(rig, golden, [split](ServiceConnection& connection, std::string_view bytes) {
        return test::send_split(connection, bytes, split);
      });
    }
    return wrong;
  });
}
END_TEST

START_TEST(long_cases_are_answered_alike_when_they_are_split_anywhere) {
  for_every_case([](RespRig& rig, const GoldenCase& golden) {
    std::string wrong;
    if (golden.whole || test::size_of(golden) <= kLong) return wrong;
    const auto play_split = [&](const auto& split_of) {
      if (!wrong.empty()) return;
      rig.flush();
      wrong = play(rig, golden, [&](ServiceConnection& connection, std::string_view bytes) {
        return test::send_split(connection, bytes, split_of(bytes.size()));
      });
    };
    for (size_t near = 1; near < 20; ++near) {
      play_split([near](size_t) { return near; });
      play_split([near](size_t size) { return size - std::min(size, near); });
      play_split([near](size_t size) { return size * near / 20; });
    }
    return wrong;
  });
}
END_TEST

START_TEST(every_case_is_answered_alike_byte_by_byte) {
  for_every_case([](RespRig& rig, const GoldenCase& golden) {
    if (golden.whole) return std::string();
    return play(rig, golden, [](ServiceConnection& connection, std::string_view bytes) {
      return test::send_in_pieces(connection, bytes);
    });
  });
}
END_TEST

// What an earlier reply told is not known when all is sent at once.
bool sends_what_was_told(const GoldenCase& golden) {
  return std::ranges::any_of(golden.steps, [](const GoldenStep& step) {
    return step.send.find("{cas}") != std::string::npos;
  });
}

START_TEST(all_cases_of_a_group_are_answered_in_one_stream) {
  size_t cases = 0;
  Faults faults;
  for (const GoldenGroup& group : all_groups()) {
    std::string bytes;
    std::string expected;
    RespRig one_by_one(group.options);  // says whose fault it is
    ServiceConnection first = one_by_one.connect();
    std::string cas;
    for (const GoldenCase& golden : group.cases) {
      if (!golden.fits_stream() || sends_what_was_told(golden)) continue;
      ++cases;
      faults.add(test::play_golden(
          golden, first, cas, [](int64_t /*ms*/) {},
          [&](std::string_view step) { return first.send(step); }));
      for (const GoldenStep& step : golden.steps) {
        bytes += step.send;
        expected += step.expect;
      }
    }
    faults.expect_none();
    RespRig at_once(group.options);
    ServiceConnection second = at_once.connect();
    const std::string replies = second.send(bytes);
    ck_assert(test::golden_match(replies, expected, cas));
  }
  ck_assert_uint_ge(cases, 500);
}
END_TEST

}  // namespace
}  // namespace pelikan

using namespace pelikan;
PELIKAN_TESTS("service/resp/golden", the_tables_are_read_whole,
              every_case_is_answered_when_it_comes_whole,
              every_case_is_answered_alike_when_it_is_split_at_any_byte,
              long_cases_are_answered_alike_when_they_are_split_anywhere,
              every_case_is_answered_alike_byte_by_byte,
              all_cases_of_a_group_are_answered_in_one_stream)
