// Four workers give elements to a few collections of each kind, move them from one to another and
// take them out again, while memory suffices: whatever the order, an element is taken out once, and
// sums of counters are what was added. Collections grow from packed to large ones and are emptied,
// in turns that all workers have together.
#include <algorithm>
#include <array>
#include <barrier>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "storage/seg/maintenance.h"
#include "turn_taking.h"
#include "worker_client.h"

#include "check.h"

namespace {

using namespace pelikan;
using namespace pelikan::test;

constexpr size_t kWorkers = 4;
constexpr size_t kKeys = 3;    // of a kind
constexpr size_t kPhases = 6;  // of growth and shrinking in turn
#if defined(NDEBUG)
constexpr size_t kRounds = 200;  // of a phase
#else
constexpr size_t kRounds = 40;  // with turns taken at every step
#endif
constexpr std::array<const char*, 4> kKinds{"l", "s", "h", "z"};

class Mover : public WorkerClient {
 public:
  using WorkerClient::WorkerClient;

  void run_phase(bool grows) {
    grows_ = grows;
    for (size_t i = 0; i < kRounds; ++i) {
      play_list();
      play_set();
      play_hash();
      play_sorted_set();
      look_at_form(kKinds[random(kKinds.size())]);
    }
  }
  // Whatever is left.
  void take_all() {
    for (size_t i = 0; i < kKeys; ++i) {
      take_elements('l', {"LPOP", name("l", i), "1000000"});
      take_elements('s', {"SPOP", name("s", i), "1000000"});
      take_counters("h", i);
      take_scores({"ZPOPMIN", name("z", i), "1000000"});
    }
  }

  // What it did.
  std::vector<Mark> taken;
  uint64_t given = 0;  // elements
  int64_t added = 0;   // to counters and scores
  int64_t got = 0;     // of them
  std::set<std::string> forms;

 private:
  static std::string name(const char* kind, size_t number) { return kind + std::to_string(number); }
  std::string some(const char* kind) { return name(kind, random(kKeys)); }
  std::string side() { return random(2) == 0 ? "LEFT" : "RIGHT"; }
  // A few, or many, as the phase wants.
  size_t count(bool many) { return 1 + random(many ? 40 : 3); }

  Words with_elements(const char* command, const char* kind) {
    Words words{command, some(kind)};
    for (size_t n = count(grows_); n > 0; --n) words.push_back(make(*kind));
    given += words.size() - 2;
    return words;
  }
  // Elements, or none.
  void take_elements(char family, const Words& words) {
    for (const Reply::Item& item : ask(words).items) {
      if (item.kind == resp::ReplyKind::kBulk) taken.push_back(judge(family, item.text, words));
    }
  }
  // Of one collection, which has none twice.
  void look(char family, const Words& words) {
    std::set<Mark> seen;
    for (const Reply::Item& item : ask(words).items) {
      if (!seen.insert(judge(family, item.text, words)).second) note("an element twice", words);
    }
  }
  void expect_number(const Words& words, int64_t expected) {
    const Reply reply = ask(words);
    if (reply.is_error() || reply.number() != expected) note("not what is expected", words);
  }
  void rename(const char* kind) { (void)ask({"RENAMENX", some(kind), some(kind)}); }

  void look_at_form(const char* kind) {
    const Reply reply = ask({"OBJECT", "ENCODING", some(kind)});
    if (!reply.is_null()) forms.insert(kind + (" " + reply.text()));
  }

  void play_list() {
    switch (random(8)) {
      case 0:
      case 1:
        (void)ask(with_elements(random(2) == 0 ? "LPUSH" : "RPUSH", "l"));
        return;
      case 2:
        return take_elements(
            'l', {random(2) == 0 ? "LPOP" : "RPOP", some("l"), std::to_string(count(!grows_))});
      case 3:
        return lmpop();
      case 4:
        return rename("l");
      case 5:
        return look('l', {"LRANGE", some("l"), "0", "-1"});
      case 6:
        (void)ask({"RPOPLPUSH", some("l"), some("l")});
        return;
      default:
        (void)ask({"LMOVE", some("l"), some("l"), side(), side()});
    }
  }
  void lmpop() {
    const Words words{
        "LMPOP", "2", some("l"), some("l"), side(), "COUNT", std::to_string(count(!grows_))};
    const Reply reply = ask(words);
    if (!reply.is_array) return;
    for (size_t i = 1; i < reply.items.size(); ++i)
      taken.push_back(judge('l', reply.items[i].text, words));
  }

  void play_set() {
    switch (random(8)) {
      case 0:
      case 1:
        return sadd();
      case 2:
        return take_elements('s', {"SPOP", some("s"), std::to_string(count(!grows_))});
      case 3:
        return rename("s");
      case 4:
        return expect_number({"SINTERCARD", "2", "s0", random(2) == 0 ? "s1" : "s2"}, 0);
      case 5:
        (void)ask({"SUNIONSTORE", "all", "s0", "s1", "s2"});
        return look('s', {"SMEMBERS", random(2) == 0 ? "all" : some("s")});
      default:
        return random(2) == 0 ? smove() : srem();
    }
  }
  void sadd() {
    const Words words = with_elements("SADD", "s");
    expect_number(words, static_cast<int64_t>(words.size()) - 2);
  }
  void smove() {
    const std::string from = some("s");
    const Reply member = ask({"SRANDMEMBER", from});
    if (!member.is_null()) (void)ask({"SMOVE", from, some("s"), member.text()});
  }
  // Of several that take the same member one gets it.
  void srem() {
    const std::string from = some("s");
    const Reply member = ask({"SRANDMEMBER", from});
    if (member.is_null()) return;
    const Words words{"SREM", from, member.text()};
    if (ask(words).number() == 1) taken.push_back(judge('s', member.text(), words));
  }

  // Hashes have counters, and fields that only make them large.
  std::string counter() { return "n" + std::to_string(random(60)); }
  void play_hash() {
    switch (random(8)) {
      case 0:
      case 1:
      case 2:
        added += 7;
        (void)ask({"HINCRBY", some("h"), counter(), "7"});
        return;
      case 3:
        return grows_ ? set_fields() : take_counters("h", random(kKeys));
      case 4:
        return rename("h");
      case 5:
        return take_values({"HGETDEL", some("h"), "FIELDS", "2", "n1", counter()});
      case 6:
        return look_at_hash();
      default:
        (void)ask({"HDEL", some("h"), filler(), filler(), filler()});
    }
  }
  std::string filler() { return marked({'f', worker(), random(100)}); }
  void set_fields() {
    Words words{"HSET", some("h")};
    for (size_t n = count(true); n > 0; --n) words.insert(words.end(), {filler(), make('v')});
    (void)ask(words);
  }
  void look_at_hash() {
    const Words words{"HGETALL", some("h")};
    const Reply reply = ask(words);
    std::set<std::string> names;
    for (size_t i = 0; i + 1 < reply.items.size(); i += 2) {
      const std::string& field = reply.items[i].text;
      if (!names.insert(field).second) note("a field twice", words);
      if (field[0] == 'n') continue;
      (void)judge('f', field, words);
      (void)judge('v', reply.items[i + 1].text, words);
    }
  }
  void take_values(const Words& words) {
    for (const Reply::Item& item : ask(words).items) {
      if (item.kind == resp::ReplyKind::kBulk) got += std::stoll(item.text);
    }
  }
  // All there are, one by one; fields that others have set stay.
  void take_counters(const char* kind, size_t key) {
    Words counters{"HGETDEL", name(kind, key), "FIELDS", "60"};
    for (size_t i = 0; i < 60; ++i) counters.push_back("n" + std::to_string(i));
    take_values(counters);
    Words fillers{"HDEL", name(kind, key)};
    for (size_t i = 0; i < 100 * kWorkers; ++i) fillers.push_back(marked({'f', i / 100, i % 100}));
    (void)ask(fillers);
  }

  void play_sorted_set() {
    switch (random(8)) {
      case 0:
      case 1:
      case 2:
        return zincrby();
      case 3:
        return take_scores(
            {random(2) == 0 ? "ZPOPMIN" : "ZPOPMAX", some("z"), std::to_string(count(!grows_))});
      case 4:
        return rename("z");
      case 5:
        (void)ask({"ZUNIONSTORE", "ranks", "3", "z0", "z1", "z2"});
        return look_at_order({"ZRANGE", "ranks", "0", "-1", "WITHSCORES"});
      default:
        return look_at_order({"ZRANGE", some("z"), "0", "-1", "WITHSCORES"});
    }
  }
  void zincrby() {
    const std::string key = some("z");
    for (size_t n = grows_ ? 6 : 1; n > 0; --n) {
      added += 5;
      (void)ask({"ZINCRBY", key, "5", marked({'z', 0, random(300)})});
    }
  }
  void take_scores(const Words& words) {
    const Reply reply = ask(words);
    for (size_t i = 0; i + 1 < reply.items.size(); i += 2) {
      (void)judge('z', reply.items[i].text, words);
      got += std::stoll(reply.items[i + 1].text);
    }
  }
  void look_at_order(const Words& words) {
    const Reply reply = ask(words);
    int64_t before = 0;
    for (size_t i = 0; i + 1 < reply.items.size(); i += 2) {
      (void)judge('z', reply.items[i].text, words);
      const int64_t score = std::stoll(reply.items[i + 1].text);
      if (score < before || score % 5 != 0) note("scores out of order, or of nobody", words);
      before = score;
    }
  }

  bool grows_ = false;
};

// All that movers did, together.
struct Sums {
  explicit Sums(const std::vector<std::unique_ptr<Mover>>& movers) {
    for (const auto& mover : movers) {
      given += mover->given;
      added += mover->added;
      got += mover->got;
      taken.insert(taken.end(), mover->taken.begin(), mover->taken.end());
      forms.insert(mover->forms.begin(), mover->forms.end());
    }
    std::sort(taken.begin(), taken.end());
  }
  std::vector<Mark> taken;
  uint64_t given = 0;
  int64_t added = 0;
  int64_t got = 0;
  std::set<std::string> forms;
};

void run_phases(const std::vector<std::unique_ptr<Mover>>& movers, const Flaws& flaws) {
  const TurnTaking turns;
  std::barrier phase(static_cast<std::ptrdiff_t>(movers.size()));
  std::vector<std::thread> threads;
  threads.reserve(movers.size());
  for (const auto& mover : movers) {
    threads.emplace_back([&mover = *mover, &phase, &flaws] {
      for (size_t i = 0; i < kPhases; ++i) {
        if (!flaws.any()) mover.run_phase(i % 2 == 0);
        phase.arrive_and_wait();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

void collect_all(WorkerRig& rig) {
  Maintenance maintenance(rig.store(), rig.time());
  for (size_t i = 0; i < 10'000 && rig.count("seg_handle_byte") != 0; ++i) maintenance.run_once();
}

START_TEST(what_workers_give_move_and_take_adds_up) {
  WorkerRig rig(kWorkers);
  Flaws flaws;
  std::vector<std::unique_ptr<Mover>> movers;
  for (size_t i = 0; i < kWorkers; ++i) movers.push_back(std::make_unique<Mover>(rig, flaws, i));
  {
    const MaintenanceThread maintenance(rig.store(), rig.time());
    run_phases(movers, flaws);
  }
  ck_assert_msg(!flaws.any(), "%s", flaws.first().c_str());
  ck_assert_uint_eq(rig.count("seg_evict"), 0);

  movers[0]->take_all();
  const Sums sums(movers);
  ck_assert_uint_eq(sums.taken.size(), sums.given);
  ck_assert(std::adjacent_find(sums.taken.begin(), sums.taken.end()) == sums.taken.end());
  ck_assert_int_eq(sums.got, sums.added);
  for (const char* form : {"l listpack", "l quicklist", "s listpack", "s hashtable", "h listpack",
                           "h hashtable", "z listpack", "z skiplist"}) {
    ck_assert_msg(sums.forms.contains(form), "never seen: %s", form);
  }

  rig.connection(0).send("DEL all ranks\r\n");
  ck_assert_text_eq(rig.connection(0).send("DBSIZE\r\n"), ":0\r\n");
  collect_all(rig);
  ck_assert_uint_eq(rig.count("seg_handle_byte"), 0);
  rig.store().check_invariants();
}
END_TEST

}  // namespace

PELIKAN_TESTS("service/resp/collection_moves", what_workers_give_move_and_take_adds_up)
