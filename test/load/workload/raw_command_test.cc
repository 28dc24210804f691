#include "load/workload/raw_command.h"

#include <string>
#include <vector>

#include "load/refusal.h"

#include "check.h"

using namespace pelikan;
using namespace pelikan::load;

namespace {

constexpr RawCommand::Parts kParts{.key = "user:7", .value = "a value", .ttl_s = 60};

std::vector<std::string> written(const std::string& text, uint64_t seed = 1) {
  const RawCommand command(Setting("raw", text), text);
  Random random(seed);
  std::string bytes(command.bound(kParts.key.size(), kParts.value.size()), '?');
  std::vector<std::string_view> words;
  words.reserve(command.words());
  command.write(kParts, random, bytes.data(), words);
  ck_assert_uint_eq(words.size(), command.words());
  return {words.begin(), words.end()};
}

std::string refusal(const std::string& text) {
  return load::test::refusal_of([&text] { (void)parse_raw_commands(Setting("raw", text)); });
}

}  // namespace

START_TEST(placeholders_become_what_they_stand_for) {
  using Words = std::vector<std::string>;
  ck_assert((written("PING") == Words{"PING"}));
  ck_assert(
      (written("  SET {key}\t{value} EX {ttl} ") == Words{"SET", "user:7", "a value", "EX", "60"}));
  ck_assert((written("HSET a:{key}:{ttl} {int 5 5}{value} x") ==
             Words{"HSET", "a:user:7:60", "5a value", "x"}));
}
END_TEST

START_TEST(numbers_come_from_their_range) {
  bool has_least = false, has_most = false;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const int number = std::stoi(written("INCRBY k {int -3 3}", seed)[2]);
    ck_assert(number >= -3 && number <= 3);
    has_least = has_least || number == -3;
    has_most = has_most || number == 3;
  }
  ck_assert(has_least && has_most);
  ck_assert(written("GET {int 0 4611686018427387904}")[1].size() <= 19);
}
END_TEST

START_TEST(commands_have_weights) {
  const std::vector<WeightedCommand> commands =
      parse_raw_commands(Setting("raw", "2.5 GET {key}; 0 SET {key} {value};"));
  ck_assert_uint_eq(commands.size(), 2);
  ck_assert_double_eq_tol(commands[0].weight, 2.5, 1e-12);
  ck_assert(!commands[0].command.has_value());
  ck_assert(commands[1].command.has_value());
  ck_assert(parse_raw_commands(Setting("raw", "")).empty());
}
END_TEST

START_TEST(what_is_no_command_is_refused) {
  ck_assert(refusal("GET {key}").starts_with("raw: 'GET {key}' is refused: 'GET' is no weight"));
  ck_assert(refusal("1").find("a command is missing") != std::string::npos);
  ck_assert(refusal("1 GET {key").find("a brace is not closed") != std::string::npos);
  for (const char* wrong : {"{}", "{keys}", "{int}", "{int 1}", "{int 2 1}", "{int a b}",
                            "{int 1 2 3}", "{int -9223372036854775808 9223372036854775807}"}) {
    ck_assert(refusal(std::string("1 GET ") + wrong).find("is no placeholder") !=
              std::string::npos);
  }
}
END_TEST

PELIKAN_TESTS("load/workload/raw_command", placeholders_become_what_they_stand_for,
              numbers_come_from_their_range, commands_have_weights, what_is_no_command_is_refused)
