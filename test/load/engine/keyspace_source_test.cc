// How keys are stored before the run and behind misses: by a set, or by the keyspace's own command.
#include "load/engine/keyspace_source.h"

#include <string>
#include <string_view>

#include "../refusal.h"

#include "check.h"

namespace pelikan::load {
namespace {

struct Rig {
  explicit Rig(std::string_view fill) {
    KeyspaceOptions& options = groups.group("default");
    options.key_prefix.set("k");
    options.key_size.set("2");
    options.keys.set(3);
    options.value_size.set("5");
    options.ttl.set("60");
    options.fill.set(std::string(fill));
  }

  KeyspaceGroups groups;
};

// The words of a raw request, what stands for the value left out.
std::string words_of(const WireRequest& request) {
  std::string text;
  for (const std::string_view word : request.words) {
    text += (text.empty() ? "" : " ") + std::string(word == request.value ? "VALUE" : word);
  }
  return text;
}

START_TEST(the_prefill_stores_every_key_by_the_keyspaces_own_command) {
  const Rig rig("HSET {key} name {value} seen 1");
  const Workload workload(rig.groups, 1);
  PrefillSource source(workload, {}, 1, {});
  WireRequest request;
  std::string all;
  while (source.next(request)) {
    ck_assert(request.verb == Verb::kFill);
    ck_assert_uint_eq(request.value.size(), 5);
    all += words_of(request) + "; ";
  }
  ck_assert_text_eq(all,
                    "HSET k0 name VALUE seen 1; HSET k1 name VALUE seen 1; HSET k2 name VALUE seen "
                    "1; ");
}
END_TEST

START_TEST(a_miss_is_followed_by_the_keyspaces_own_command) {
  const Rig rig("SETEX {key} {ttl} x");
  const Workload workload(rig.groups, 1);
  WorkloadSource source(workload, {}, 1);
  WireRequest request;
  source.follow({.key = {.number = 2, .keyspace = 0}}, request);
  ck_assert(request.verb == Verb::kFill);
  ck_assert_text_eq(words_of(request), "SETEX k2 60 x");
}
END_TEST

START_TEST(without_one_keys_are_set) {
  const Rig rig("");
  const Workload workload(rig.groups, 1);
  PrefillSource source(workload, {}, 1, {});
  WireRequest request;
  ck_assert(source.next(request));
  ck_assert(request.verb == Verb::kSet);
  ck_assert_text_eq(request.keys.front(), "k0");
  ck_assert_int_eq(request.ttl_s, 60);
  source.follow({.key = {.number = 1, .keyspace = 0}}, request);
  ck_assert(request.verb == Verb::kSet);
  ck_assert_uint_eq(request.value.size(), 5);
}
END_TEST

START_TEST(a_wrong_command_is_refused_by_name) {
  const Rig rig("HSET {nothing}");
  const std::string refusal = test::refusal_of([&] { const Workload workload(rig.groups, 1); });
  ck_assert_msg(refusal.find("fill") != std::string::npos, "%s", refusal.c_str());
}
END_TEST

}  // namespace
}  // namespace pelikan::load

using namespace pelikan::load;
PELIKAN_TESTS("load/engine/keyspace_source",
              the_prefill_stores_every_key_by_the_keyspaces_own_command,
              a_miss_is_followed_by_the_keyspaces_own_command, without_one_keys_are_set,
              a_wrong_command_is_refused_by_name)
