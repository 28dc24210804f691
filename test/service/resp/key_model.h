// What the Redis protocol's commands on one string key answer, and what they leave: said once more,
// as simply as can be, for a key alone at a clock that stands still.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace pelikan::test {

struct KeyState {
  std::optional<std::string> value;
  int64_t lifetime_ms = 0;  // 0: for ever
};

// A command without its key: {"SET", "7", "KEEPTTL"} for SET k 7 KEEPTTL.
using KeyCommand = std::vector<std::string>;

class KeyModel {
 public:
  // The reply (RESP2); the state changes.
  static std::string answer(KeyState& state, const KeyCommand& command) {
    const std::string& name = command[0];
    if (name == "GET") return bulk(state.value);
    if (name == "SET") return set(state, command);
    if (name == "GETSET") return set(state, {"SET", command[1], "GET"});
    if (name == "SETNX") return number(set(state, {"SET", command[1], "NX"}) == "+OK\r\n");
    if (name == "STRLEN") return number(size(state));
    if (name == "APPEND") return overlay(state, size(state), command[1]);
    if (name == "SETRANGE") return overlay(state, std::stoul(command[1]), command[2]);
    if (name == "INCRBY") return add(state, std::stoll(command[1]));
    if (name == "DEL") return number(take(state).has_value());
    if (name == "GETDEL") return bulk(take(state));
    if (name == "PEXPIRE") return expire(state, command);
    if (name == "PERSIST") return persist(state);
    if (name == "GETEX") return getex(state, command);
    if (name == "PTTL") {
      return number(!state.value ? -2 : state.lifetime_ms == 0 ? -1 : state.lifetime_ms);
    }
    return "no such command";
  }

 private:
  static std::string number(int64_t n) { return ":" + std::to_string(n) + "\r\n"; }
  static std::string bulk(const std::optional<std::string>& text) {
    if (!text) return "$-1\r\n";
    return "$" + std::to_string(text->size()) + "\r\n" + *text + "\r\n";
  }
  static int64_t size(const KeyState& state) {
    return state.value ? static_cast<int64_t>(state.value->size()) : 0;
  }
  static std::optional<std::string> take(KeyState& state) {
    std::optional<std::string> value = state.value;
    state = {};
    return value;
  }

  // NX, GET, KEEPTTL or PX ms.
  static std::string set(KeyState& state, const KeyCommand& command) {
    const std::string option = command.size() > 2 ? command[2] : "";
    const std::string old = bulk(state.value);
    if (option == "NX" && state.value) return "$-1\r\n";
    if (option != "KEEPTTL") state.lifetime_ms = option == "PX" ? std::stoll(command[3]) : 0;
    state.value = command[1];
    return option == "GET" ? old : "+OK\r\n";
  }

  template <class Offset>
  static std::string overlay(KeyState& state, Offset offset, const std::string& bytes) {
    std::string value = state.value.value_or("");
    const auto at = static_cast<size_t>(offset);
    value.resize(std::max(value.size(), at + bytes.size()));
    value.replace(at, bytes.size(), bytes);
    state.value = value;
    return number(size(state));
  }

  static std::string add(KeyState& state, int64_t n) {
    const std::string text = state.value.value_or("0");
    const auto former = parse_i64(text);
    if (!former || std::to_string(*former) != text) {
      return "-ERR value is not an integer or out of range\r\n";
    }
    int64_t sum = 0;
    if (__builtin_add_overflow(*former, n, &sum)) {
      return "-ERR increment or decrement would overflow\r\n";
    }
    state.value = std::to_string(sum);
    return number(sum);
  }

  // Maybe with NX or GT.
  static std::string expire(KeyState& state, const KeyCommand& command) {
    const int64_t ms = std::stoll(command[1]);
    const std::string option = command.size() > 2 ? command[2] : "";
    const bool is_refused = !state.value || (option == "NX" && state.lifetime_ms != 0) ||
                            (option == "GT" && (state.lifetime_ms == 0 || ms <= state.lifetime_ms));
    if (is_refused) return number(0);
    state.lifetime_ms = ms;
    return number(1);
  }
  static std::string persist(KeyState& state) {
    const bool is_done = state.lifetime_ms != 0;
    state.lifetime_ms = 0;
    return number(is_done);
  }
  // PERSIST or PX ms.
  static std::string getex(KeyState& state, const KeyCommand& command) {
    if (state.value) state.lifetime_ms = command[1] == "PX" ? std::stoll(command[2]) : 0;
    return bulk(state.value);
  }
};

}  // namespace pelikan::test
