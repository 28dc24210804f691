// The command table: every name found in any case, nothing else found, and that it agrees with
// itself.
#include "protocol/resp/command.h"

#include <array>
#include <cctype>
#include <string>
#include <string_view>

#include "check.h"

using namespace pelikan::resp;

namespace {

std::string in_upper_case(std::string_view name) {
  std::string upper(name);
  for (char& letter : upper) letter = static_cast<char>(std::toupper(letter));
  return upper;
}

}  // namespace

START_TEST(every_command_is_found_by_its_name_in_any_case) {
  for (const CommandSpec& spec : all_commands()) {
    if (spec.is_subcommand()) {
      const CommandSpec& parent = spec_of(spec.parent);
      ck_assert_ptr_eq(find_subcommand(parent, spec.name), &spec);
      ck_assert_ptr_eq(find_subcommand(parent, in_upper_case(spec.name)), &spec);
      ck_assert_text_eq(spec.fullname, std::string(parent.name) + "|" + std::string(spec.name));
    } else {
      ck_assert_ptr_eq(find_command(spec.name), &spec);
      ck_assert_ptr_eq(find_command(in_upper_case(spec.name)), &spec);
      ck_assert_text_eq(spec.fullname, spec.name);
    }
    ck_assert_ptr_eq(&spec_of(spec.id), &spec);
  }
}
END_TEST

START_TEST(names_that_are_nearly_right_are_not_found) {
  for (const char* name : {"", "g", "ge", "gett", "g\x05t", "g%t", "setexx", "get\r", "incrbyfloa",
                           "incrbyfloatt", "a_name_that_is_much_too_long", "client|id", "[get"}) {
    ck_assert_ptr_null(find_command(name));
  }
  for (const CommandSpec& spec : all_commands()) {
    if (spec.is_subcommand()) continue;
    for (size_t i = 0; i < spec.name.size(); ++i) {
      for (int bit = 0; bit < 8; ++bit) {
        std::string other(spec.name);
        other[i] = static_cast<char>(other[i] ^ (1 << bit));
        const CommandSpec* found = find_command(other);
        ck_assert_msg(bit == 5 || found != &spec, "'%s' is not a command", other.c_str());
      }
    }
  }
}
END_TEST

START_TEST(a_container_stands_for_subcommands_it_does_not_have) {
  const auto found = [](std::string_view first, std::string_view second) {
    return find_command(std::array{first, second})->fullname;
  };
  ck_assert_text_eq(found("CLIENT", "SetName"), "client|setname");
  ck_assert_text_eq(found("client", "no-such"), "client");
  ck_assert_text_eq(found("client", "get"), "client");
  ck_assert_text_eq(found("get", "list"), "get");
  ck_assert_text_eq(find_command(std::array<std::string_view, 1>{"client"})->fullname, "client");
  ck_assert_ptr_null(find_command(std::array<std::string_view, 1>{"nothing"}));
}
END_TEST

START_TEST(subcommands_stand_together_under_their_container) {
  size_t count = 0;
  for (const CommandSpec& spec : all_commands()) {
    ck_assert_int_eq(spec.is_container(), !subcommands(spec).empty());
    count += subcommands(spec).size();
    if (!spec.is_subcommand()) continue;
    ck_assert(spec_of(spec.parent).is_container());
    ck_assert_text_eq(spec.group, spec_of(spec.parent).group);
  }
  size_t expected = 0;
  for (const CommandSpec& spec : all_commands()) expected += spec.is_subcommand() ? 1 : 0;
  ck_assert_uint_eq(count, expected);
}
END_TEST

START_TEST(arity_counts_the_name_and_negative_ones_are_minima) {
  const CommandSpec& get = *find_command("get");
  ck_assert(!get.takes(1) && get.takes(2) && !get.takes(3));
  const CommandSpec& set = *find_command("set");
  ck_assert(!set.takes(2) && set.takes(3) && set.takes(30));
  const CommandSpec& setname = spec_of(Command::kClientSetname);
  ck_assert(!setname.takes(2) && setname.takes(3) && !setname.takes(4));
}
END_TEST

PELIKAN_TESTS("protocol/resp/command", every_command_is_found_by_its_name_in_any_case,
              names_that_are_nearly_right_are_not_found,
              a_container_stands_for_subcommands_it_does_not_have,
              subcommands_stand_together_under_their_container,
              arity_counts_the_name_and_negative_ones_are_minima)
