// What COMMAND DOCS tells of arguments.
#include "service/resp/command_arguments.h"

#include <string>
#include <string_view>
#include <vector>

#include "protocol/resp/command.h"

#include "check.h"

namespace pelikan {
namespace {

std::string text_of(const std::vector<RespArgument>& arguments);

// "ID=id:integer*": a token, a name, a type or (the parts), ? for optional, * for multiple.
std::string text_of(const RespArgument& argument) {
  std::string text;
  if (!argument.token.empty()) text += std::string(argument.token) + "=";
  text += argument.name + ":" + std::string(argument.type);
  if (!argument.parts.empty()) text += "(" + text_of(argument.parts) + ")";
  if (argument.is_optional) text += "?";
  if (argument.is_multiple) text += "*";
  return text;
}

std::string text_of(const std::vector<RespArgument>& arguments) {
  std::string text;
  for (const RespArgument& argument : arguments) {
    text += (text.empty() ? "" : " ") + text_of(argument);
  }
  return text;
}

std::string arguments_of(std::string_view syntax) { return text_of(read_arguments(syntax)); }

START_TEST(words_are_filled_in_and_tokens_are_said) {
  ck_assert_text_eq(arguments_of("key value"), "key:key value:string");
  ck_assert_text_eq(arguments_of("cursor [MATCH pattern] [COUNT count]"),
                    "cursor:integer MATCH=pattern:pattern? COUNT=count:integer?");
  ck_assert_text_eq(arguments_of("source destination [REPLACE]"),
                    "source:key destination:key REPLACE=replace:pure-token?");
  ck_assert_text_eq(arguments_of("[AUTH username password]"),
                    "AUTH=username_password:block(username:string password:string)?");
}
END_TEST

START_TEST(choices_and_what_comes_again_are_told) {
  ck_assert_text_eq(arguments_of("ON|OFF"), "on_off:oneof(ON=on:pure-token OFF=off:pure-token)");
  ck_assert_text_eq(arguments_of("[EX s|PX ms]"), "s_ms:oneof(EX=s:integer PX=ms:integer)?");
  ck_assert_text_eq(arguments_of("<AND|OR> destkey key [key ...]"),
                    "and_or:oneof(AND=and:pure-token OR=or:pure-token) destkey:key key:key*");
  ck_assert_text_eq(arguments_of("key value [key value ...]"),
                    "key_value:block(key:key value:string)*");
  ck_assert_text_eq(arguments_of("numkeys [key ...]"), "numkeys:integer key:key?*");
  ck_assert_text_eq(arguments_of("[ID id [id ...]]"), "ID=id:integer?*");
  ck_assert_text_eq(arguments_of("[FILTERBY <MODULE name|PATTERN pattern>]"),
                    "FILTERBY=name_pattern:oneof(MODULE=name:string PATTERN=pattern:pattern)?");
  ck_assert_text_eq(arguments_of("key [start end [BYTE|BIT]]"),
                    "key:key start_end_byte_bit:block(start:integer end:integer "
                    "byte_bit:oneof(BYTE=byte:pure-token BIT=bit:pure-token)?)?");
}
END_TEST

void check_whole(const RespArgument& argument) {
  ck_assert(!argument.name.empty() && argument.name.find_first_of(" []<>|") == std::string::npos);
  const bool has_parts = argument.type == "oneof" || argument.type == "block";
  ck_assert_int_eq(has_parts, argument.parts.size() > 1);
  for (const RespArgument& part : argument.parts) check_whole(part);
}

START_TEST(the_syntax_of_every_command_is_read) {
  size_t read = 0;
  for (const resp::CommandSpec& spec : resp::all_commands()) {
    if (spec.syntax.empty()) continue;
    const auto arguments = read_arguments(spec.syntax);
    ck_assert_uint_ge(arguments.size(), 1);
    for (const RespArgument& argument : arguments) check_whole(argument);
    ++read;
  }
  ck_assert_uint_ge(read, 70);
}
END_TEST

}  // namespace
}  // namespace pelikan

using namespace pelikan;
PELIKAN_TESTS("service/resp/command_arguments", words_are_filled_in_and_tokens_are_said,
              choices_and_what_comes_again_are_told, the_syntax_of_every_command_is_read)
