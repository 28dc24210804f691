// What a command is: its name, the form of its arguments, what it may do, and what is said about
// it. One table of these feeds the parser, the dispatch, COMMAND and its subcommands, the metrics
// and docs/reference/redis-commands.md.
//
// Thread safety: constants.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "protocol/resp/command_id.h"

namespace pelikan::resp {

// What COMMAND INFO tells of a command, by Redis' names (command_flag_names()).
namespace flag {
inline constexpr uint32_t kWrite = 1 << 0;
inline constexpr uint32_t kReadonly = 1 << 1;
inline constexpr uint32_t kDenyoom = 1 << 2;  // may need memory
inline constexpr uint32_t kAdmin = 1 << 3;
inline constexpr uint32_t kFast = 1 << 4;
inline constexpr uint32_t kNoAuth = 1 << 5;       // allowed before AUTH
inline constexpr uint32_t kMovableKeys = 1 << 6;  // EVAL: the arguments say which are keys
inline constexpr uint32_t kContainer = 1 << 7;    // has subcommands; not told
}  // namespace flag

// Which arguments are keys: from `first` to `last` (negative: counted from the end) in steps; none
// when first is 0.
struct KeyPositions {
  int first = 0;
  int last = 0;
  int step = 0;
};

struct CommandSpec {
  Command id;
  Command parent;             // of a subcommand; otherwise itself
  std::string_view name;      // in lower case; a subcommand's own word
  std::string_view fullname;  // "client|setname"
  int arity;                  // with the name; negative: at least so many
  uint32_t flags;
  KeyPositions keys;
  std::string_view group;       // of the docs: "string", "bitmap", "generic", ...
  std::string_view since;       // Redis' version that brought it
  std::string_view complexity;  // for the docs
  std::string_view syntax;      // the arguments
  std::string_view summary;

  [[nodiscard]] constexpr bool has(uint32_t flag) const noexcept { return (flags & flag) != 0; }
  [[nodiscard]] constexpr bool is_container() const noexcept { return has(flag::kContainer); }
  [[nodiscard]] constexpr bool is_subcommand() const noexcept { return parent != id; }
  // So many arguments, the name and a subcommand's container counted, are right.
  [[nodiscard]] constexpr bool takes(size_t arguments) const noexcept {
    return arity >= 0 ? arguments == static_cast<size_t>(arity)
                      : arguments >= static_cast<size_t>(-arity);
  }
};

// All of them, subcommands last.
[[nodiscard]] std::span<const CommandSpec> all_commands() noexcept;
[[nodiscard]] const CommandSpec& spec_of(Command command) noexcept;
// Those of a container, which stand together; empty for others.
[[nodiscard]] std::span<const CommandSpec> subcommands(const CommandSpec& container) noexcept;

// By name, in any case; null when there is none. A few nanoseconds.
[[nodiscard]] const CommandSpec* find_command(std::string_view name) noexcept;
[[nodiscard]] const CommandSpec* find_subcommand(const CommandSpec& container,
                                                 std::string_view word) noexcept;
// What the arguments of a request ask for: the command, or a container's subcommand where there is
// one of that name, the container itself where not. Null: no such command.
[[nodiscard]] const CommandSpec* find_command(std::span<const std::string_view> args) noexcept;

struct FlagName {
  uint32_t flag;
  std::string_view name;
};
[[nodiscard]] std::span<const FlagName> command_flag_names() noexcept;

}  // namespace pelikan::resp
