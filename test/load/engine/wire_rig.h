// What the tests of wires share: a request of each verb as a wire writes it, an answer as it reads
// it. Include last, as check.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "load/engine/wire.h"

#include "check.h"

namespace pelikan::test {

// With a time to live of 60 s, and 7 for the number.
template <load::Wire W>
std::string composed_by(load::Verb verb, const std::vector<std::string_view>& keys,
                        std::string_view value, bool verifies = false) {
  const W wire;
  load::WireRequest request;
  request.verb = verb;
  request.verifies = verifies;
  request.keys = keys;
  request.value = value;
  request.ttl_s = 60;
  request.number = 7;
  std::string bytes(wire.bound(request), '?');
  bytes.resize(static_cast<size_t>(wire.compose(bytes.data(), request) - bytes.data()));
  return bytes;
}

// REQUIRES: `in` outlives the answer
template <load::Wire W>
load::Answer parsed_by(load::Verb verb, std::string_view in) {
  load::Answer answer;
  ck_assert_msg(W().parse(in, verb, answer), "'%.*s' is whole", static_cast<int>(in.size()),
                in.data());
  return answer;
}

}  // namespace pelikan::test
