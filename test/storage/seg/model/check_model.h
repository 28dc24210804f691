// What a model's test asks; include it last, as check.h.
#pragma once

#include <string_view>

#include "storage/seg/model/explorer.h"

#include "check.h"

namespace pelikan::model {

// The rules hold in every interleaving, and the threads came to an end in some.
template <class State>
void check_holds(const Model<State>& model) {
  const Outcome outcome = explore(model);
  ck_assert_msg(outcome.flaw.empty(), "%s\n%s", outcome.flaw.c_str(), outcome.trace.c_str());
  ck_assert_uint_gt(outcome.ends, 0);
}

// Without a rule some interleaving shows this flaw.
template <class State>
void check_fails(const Model<State>& model, std::string_view flaw) {
  ck_assert_text_eq(explore(model, flaw).flaw, flaw);
}

}  // namespace pelikan::model
