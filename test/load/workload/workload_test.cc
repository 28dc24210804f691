#include "load/workload/workload.h"

#include <map>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "load/refusal.h"
#include "load/statistics.h"
#include "load/temporary_file.h"
#include "option/config_file.h"
#include "option/option_set.h"

#include "check.h"

namespace pelikan::load {
namespace {

using test::chi_square_z;
using test::kChiSquareLimit;
using test::refusal_of;
using test::TemporaryFile;

constexpr int kDraws = 100'000;

// One keyspace, `default`, with one option changed.
std::string refusal_of_option(Option<std::string> KeyspaceOptions::*option, std::string_view text) {
  return refusal_of([&] {
    KeyspaceGroups groups;
    (groups.group("default").*option).set(std::string(text));
    const Workload workload(groups, 1);
  });
}

std::vector<PlannedRequest> requests_of(const Workload& workload, Share share, uint64_t seed) {
  RequestStream stream(workload, share, Random::for_place(seed, share.index, 0));
  std::vector<PlannedRequest> requests;
  requests.reserve(kDraws);
  for (int i = 0; i < kDraws; ++i) requests.push_back(stream.next());
  return requests;
}

START_TEST(a_keyspace_is_made_by_its_first_use) {
  KeyspaceGroups groups;
  KeyspaceOptions& user = groups.group("user");
  ck_assert_ptr_eq(&groups.group("user"), &user);
  groups.group("session");
  ck_assert_uint_eq(groups.groups().size(), 2);
  ck_assert_text_eq(user.weight.name(), "ks.user.weight");
  const OptionSet options({&user, &groups.group("session")});
  const std::vector<std::string> errors = apply_config_text(
      "ks.user.weight: 80\nks.session.ttl: list 1m:30,1h:60\nks.user.on_miss: set\n", "load.conf",
      options);
  ck_assert_uint_eq(errors.size(), 0);
  ck_assert_double_eq(user.weight.get(), 80);
  ck_assert_text_eq(groups.group("session").ttl.get(), "list 1m:30,1h:60");
  ck_assert_text_eq(groups.group("session").key_prefix.get(), "session:");
  for (const char* name : {"", "User", "a b", "a.b"}) {
    ck_assert(!refusal_of([&] { groups.group(name); }).empty());
  }
}
END_TEST

START_TEST(keyspaces_and_verbs_follow_their_weights) {
  KeyspaceGroups groups;
  groups.group("user").weight.set(80);
  groups.group("user").mix.set("get:90 set:9 mget:1:16");
  groups.group("session").weight.set(20);
  groups.group("session").mix.set("touch:1 delete:3");
  const Workload workload(groups, 1);
  std::map<std::pair<std::string, Verb>, uint64_t> counts;
  for (const PlannedRequest& request : requests_of(workload, {}, 1)) {
    ++counts[{request.keyspace->name(), request.verb}];
    ck_assert_uint_eq(request.keys, request.verb == Verb::kMget ? 16 : 1);
    ck_assert_uint_eq(request.value_size, request.verb == Verb::kSet ? 64 : 0);
  }
  const std::vector<uint64_t> counted = {
      counts[{"user", Verb::kGet}], counts[{"user", Verb::kSet}], counts[{"user", Verb::kMget}],
      counts[{"session", Verb::kTouch}], counts[{"session", Verb::kDelete}]};
  const std::vector<double> expected = {72'000, 7'200, 800, 5'000, 15'000};
  ck_assert_uint_eq(std::accumulate(counted.begin(), counted.end(), uint64_t{0}), kDraws);
  ck_assert_double_lt(chi_square_z(counted, expected), kChiSquareLimit);
}
END_TEST

// What goes over the wire, but for the bytes of the value.
std::vector<std::string> texts_of(const Workload& workload, uint64_t seed, uint32_t thread) {
  std::vector<std::string> texts;
  char key[KeyText::kMaxBytes];
  for (const PlannedRequest& r : requests_of(workload, {.index = thread, .count = 2}, seed)) {
    texts.emplace_back(r.keyspace->write_key(r.key, key));
    texts.back() += std::to_string(static_cast<int>(r.verb)) + " " + std::to_string(r.value_size) +
                    " " + std::to_string(r.keyspace->ttl_s(r.key));
  }
  return texts;
}

START_TEST(the_same_seed_makes_the_same_requests) {
  const auto texts = [](uint64_t seed, uint32_t thread) {
    KeyspaceGroups groups;
    KeyspaceOptions& options = groups.group("default");
    options.value_size.set("lognormal 5 1");
    options.value_stable.set(false);
    options.ttl.set("list 1m:1,1h:1");
    options.key_size.set("uniform 20 40");
    options.one_hit.set(5);
    groups.group("other");
    return texts_of(Workload(groups, seed), seed, thread);
  };
  ck_assert(texts(1, 0) == texts(1, 0));
  ck_assert(texts(1, 0) != texts(2, 0));
  ck_assert(texts(1, 0) != texts(1, 1));
}
END_TEST

START_TEST(a_stable_size_belongs_to_the_key) {
  KeyspaceGroups groups;
  groups.group("default").value_size.set("uniform 1 10000");
  groups.group("default").mix.set("set:1");
  const Workload stable(groups, 1);
  std::map<uint64_t, uint32_t> sizes;
  for (const PlannedRequest& request : requests_of(stable, {}, 1)) {
    const auto [known, is_new] = sizes.try_emplace(request.key, request.value_size);
    ck_assert_uint_eq(known->second, request.value_size);
  }
  groups.group("default").value_stable.set(false);
  const Workload unstable(groups, 1);
  int differing = 0;
  for (const PlannedRequest& request : requests_of(unstable, {}, 1)) {
    differing += sizes[request.key] != request.value_size ? 1 : 0;
  }
  ck_assert_int_gt(differing, kDraws / 2);
}
END_TEST

START_TEST(distinct_numbers_have_distinct_keys_of_the_size) {
  for (const char* size : {"16", "uniform 12 60", "fb_etc"}) {
    KeyspaceGroups groups;
    groups.group("user").keys.set(20'000);
    groups.group("user").key_size.set(size);
    const Keyspace keyspace(groups.group("user"), 1);
    std::set<std::string> keys;
    std::set<size_t> sizes;
    char buffer[KeyText::kMaxBytes];
    for (uint64_t i = 0; i < 20'000; ++i) {
      const std::string_view key = keyspace.write_key(i, buffer);
      ck_assert(key.starts_with("user:"));
      keys.insert(std::string(key));
      sizes.insert(key.size());
    }
    ck_assert_uint_eq(keys.size(), 20'000);
    ck_assert(size[0] == '1' ? *sizes.begin() == 16 && sizes.size() == 1 : sizes.size() > 20);
  }
}
END_TEST

START_TEST(keys_are_numbers_in_base_36) {
  KeyspaceGroups groups;
  const Keyspace keyspace(groups.group("user"), 1);
  char buffer[KeyText::kMaxBytes];
  ck_assert_text_eq(keyspace.write_key(0, buffer), "user:00000000000");
  ck_assert_text_eq(keyspace.write_key(35, buffer), "user:0000000000z");
  ck_assert_text_eq(keyspace.write_key(36 * 36 + 1, buffer), "user:00000000101");
}
END_TEST

START_TEST(a_prefix_that_leaves_no_room_is_refused) {
  KeyspaceGroups groups;
  KeyspaceOptions& options = groups.group("default");
  options.key_size.set("12");  // "default:" and four digits
  options.keys.set(36 * 36 * 36 * 36);
  ck_assert_text_eq(refusal_of([&] { Keyspace(options, 1); }), "");
  options.keys.set(36 * 36 * 36 * 36 + 1);
  ck_assert_text_eq(
      refusal_of([&] { Keyspace(options, 1); }),
      "ks.default.key_prefix: 'default:' is refused: 1679617 keys need 5 bytes behind "
      "it, and the largest key has 12");
  options.key_prefix.set("a b");
  ck_assert(!refusal_of([&] { Keyspace(options, 1); }).empty());
}
END_TEST

START_TEST(keys_may_come_from_a_file) {
  const TemporaryFile file("alpha\nbeta\r\ngamma");
  KeyspaceGroups groups;
  KeyspaceOptions& options = groups.group("default");
  options.keys_from.set(file.path());
  options.popularity.set("sequential");
  const Keyspace keyspace(options, 1);
  ck_assert_uint_eq(keyspace.keys(), 3);
  char buffer[KeyText::kMaxBytes];
  ck_assert_text_eq(keyspace.write_key(0, buffer), "alpha");
  ck_assert_text_eq(keyspace.write_key(1, buffer), "beta");
  ck_assert_text_eq(keyspace.write_key(2, buffer), "gamma");
  options.one_hit.set(1);
  ck_assert(!refusal_of([&] { Keyspace(options, 1); }).empty());
}
END_TEST

START_TEST(lines_that_are_no_keys_are_named) {
  for (const std::string& bad :
       {std::string("two words"), std::string(), std::string(251, 'k'), std::string("\x7f")}) {
    const TemporaryFile file("good\n" + bad + "\ngood\n");
    ck_assert(refusal_of([&] { KeyText(file.path()); }).starts_with(file.path() + ":2: "));
  }
  const TemporaryFile empty("");
  ck_assert(!refusal_of([&] { KeyText(empty.path()); }).empty());
}
END_TEST

START_TEST(a_returned_value_is_verified_by_size_bytes_and_age) {
  KeyspaceGroups groups;
  KeyspaceOptions& options = groups.group("default");
  options.value_size.set("list 8:1,300:1");
  options.ttl.set("10");
  const Keyspace keyspace(options, 1);
  Random random(1);
  constexpr int64_t kNow = 1'769'848'200'000;
  for (uint64_t key = 0; key < 100; ++key) {
    const uint32_t size = keyspace.value_size(key, random);
    std::string bytes;
    keyspace.values().make({.key = key, .size = size, .stored_ms = kNow},
                           [&bytes](std::string_view piece) { bytes.append(piece); });
    ck_assert(keyspace.verify(key, bytes, kNow) == Verdict::kGood);
    ck_assert(keyspace.verify(key, bytes.substr(0, size - 1), kNow) == Verdict::kWrongBytes);
    const Verdict old = size == 8 ? Verdict::kGood : Verdict::kStale;  // 8 bytes hold no time
    ck_assert(keyspace.verify(key, bytes, kNow + 12'001) == old);
  }
}
END_TEST

START_TEST(a_value_may_be_older_than_its_ttl_where_requests_extend_lives) {
  constexpr int64_t kNow = 1'769'848'200'000;
  for (const std::string_view verb : {"touch", "gat", "gats", "mset", "set"}) {
    KeyspaceOptions options("default");
    options.ttl.set("10");
    options.mix.set("get:9 " + std::string(verb) + (verb == "mset" ? ":1:2" : ":1"));
    const Keyspace keyspace(options, 1);
    std::string bytes;
    keyspace.values().make({.key = 1, .size = 64, .stored_ms = kNow},
                           [&bytes](std::string_view piece) { bytes.append(piece); });
    const Verdict old = verb == "set" ? Verdict::kStale : Verdict::kGood;
    ck_assert(keyspace.verify(1, bytes, kNow + 12'001) == old);
  }
}
END_TEST

START_TEST(options_that_contradict_or_are_wrong_are_refused_by_name) {
  KeyspaceGroups groups;
  ck_assert_text_eq(refusal_of([&] { Workload(groups, 1); }), "no keyspace has a weight above 0");
  groups.group("default").weight.set(0);
  ck_assert_text_eq(refusal_of([&] { Workload(groups, 1); }), "no keyspace has a weight above 0");
  groups.group("default").weight.set(1);
  groups.group("default").verify.set(true);
  groups.group("default").mix.set("get:1 incr:1");
  ck_assert_text_eq(refusal_of([&] { Workload(groups, 1); }),
                    "ks.default.mix: 'get:1 incr:1' is refused: incr alters values, which `verify` "
                    "then finds wrong");
  const auto names = [](const std::string& sentence, std::string_view option) {
    return sentence.starts_with("ks.default." + std::string(option) + ": '");
  };
  ck_assert(names(refusal_of_option(&KeyspaceOptions::popularity, "zip"), "popularity"));
  ck_assert(names(refusal_of_option(&KeyspaceOptions::value_size, "big"), "value_size"));
  ck_assert(names(refusal_of_option(&KeyspaceOptions::ttl, "long"), "ttl"));
  ck_assert(names(refusal_of_option(&KeyspaceOptions::key_size, "0"), "key_size"));
  for (const char* mix :
       {"", "get", "get:", "get:x", "get:-1", "get:0", "fetch:1", "mget:1", "mget:1:0",
        "mget:1:1001", "mset:1", "mset:1:0", "raw:1", "get:1:2", "get:1 :1"}) {
    ck_assert_msg(names(refusal_of_option(&KeyspaceOptions::mix, mix), "mix"), "'%s'", mix);
  }
}
END_TEST

START_TEST(every_verb_has_its_name) {
  std::set<std::string_view> names;
  for (size_t i = 0; i < kVerbs; ++i) {
    const std::string_view name = verb_name(static_cast<Verb>(i));
    const bool names_one = !is_written_by_user(static_cast<Verb>(i));
    ck_assert(parse_verb(name) == (names_one ? std::optional(static_cast<Verb>(i)) : std::nullopt));
    names.insert(name);
  }
  ck_assert_uint_eq(names.size(), kVerbs);
  ck_assert(!parse_verb("GET"));
}
END_TEST

START_TEST(keys_of_one_mget_are_drawn_as_others) {
  KeyspaceGroups groups;
  groups.group("default").mix.set("mget:1:3");
  groups.group("default").popularity.set("sequential");
  const Workload workload(groups, 1);
  RequestStream stream(workload, {}, Random(1));
  const PlannedRequest request = stream.next();
  ck_assert_uint_eq(request.key, 0);
  ck_assert_uint_eq(stream.next_key(request), 1);
  ck_assert_uint_eq(stream.next_key(request), 2);
  ck_assert_uint_eq(stream.next().key, 3);
}
END_TEST

}  // namespace
}  // namespace pelikan::load

PELIKAN_TESTS("load/workload/workload", pelikan::load::a_keyspace_is_made_by_its_first_use,
              pelikan::load::keyspaces_and_verbs_follow_their_weights,
              pelikan::load::the_same_seed_makes_the_same_requests,
              pelikan::load::a_stable_size_belongs_to_the_key,
              pelikan::load::distinct_numbers_have_distinct_keys_of_the_size,
              pelikan::load::keys_are_numbers_in_base_36,
              pelikan::load::a_prefix_that_leaves_no_room_is_refused,
              pelikan::load::keys_may_come_from_a_file,
              pelikan::load::lines_that_are_no_keys_are_named,
              pelikan::load::a_returned_value_is_verified_by_size_bytes_and_age,
              pelikan::load::a_value_may_be_older_than_its_ttl_where_requests_extend_lives,
              pelikan::load::options_that_contradict_or_are_wrong_are_refused_by_name,
              pelikan::load::every_verb_has_its_name,
              pelikan::load::keys_of_one_mget_are_drawn_as_others)
