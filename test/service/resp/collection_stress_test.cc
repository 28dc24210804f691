// Four workers, a maintenance thread and a turning clock on a store that is too small for what they
// write: collections of all kinds beside strings, which are packed and large, copied, renamed,
// stored, expired, evicted and deleted. Every element describes itself (mark.h). In hashes that
// have the fields of all workers none may read an older version than the newest that was complete,
// or one that was deleted; what was popped off a list is popped by nobody else. What is gone is no
// flaw: a cache forgets.
#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "storage/oracle.h"
#include "storage/seg/maintenance.h"
#include "turn_taking.h"
#include "worker_client.h"

#include "check.h"

namespace {

using namespace pelikan;
using namespace pelikan::test;

constexpr size_t kWorkers = 4;
#if defined(NDEBUG)
constexpr size_t kRounds = 5'000;
#else
constexpr size_t kRounds = 400;  // with turns taken at every step
#endif
constexpr size_t kTables = 4;   // hashes that the oracle knows of
constexpr size_t kFields = 60;  // of each worker in one of them
constexpr size_t kTableFields = kWorkers * kFields;
constexpr size_t kLists = 3;   // to which every element comes once
constexpr size_t kOthers = 3;  // of each kind, without an oracle
constexpr size_t kTexts = 1'500;
constexpr char kText = 't';

// What threads share.
struct World {
  WorkerRig rig{kWorkers,
                {{"seg_memory", "2MiB"},
                 {"seg_segment_size", "8KiB"},
                 {"seg_item_max", "16KiB"},
                 {"seg_item_mean", "512"}}};
  Flaws flaws;
  Oracle oracle{kTables * kTableFields};
  std::atomic<uint64_t> rounds{0};
};

std::string numbered(const char* name, size_t number) { return name + std::to_string(number); }

class Client : public WorkerClient {
 public:
  Client(World& world, size_t worker)
      : WorkerClient(world.rig, world.flaws, worker), world_(world) {}

  void run() {
    for (size_t i = 0; i < kRounds && !world_.flaws.any(); ++i) {
      world_.rig.refresh_clock(worker());
      play_table();
      play_list();
      play_other();
      fill_memory();
      if (world_.rounds.fetch_add(1, std::memory_order_relaxed) % 2 == 0)
        world_.rig.time().advance_ms(1);
    }
  }

  std::vector<Mark> popped;
  uint64_t reads = 0;  // of tables' fields
  uint64_t hits = 0;

 private:
  // What may be answered while all is done at once on too little memory.
  Reply ask(const Words& words) {
    Reply reply = WorkerClient::ask(words);
    if (!reply.is_error()) return reply;
    for (const char* known : {"OOM", "WRONGTYPE", "ERR no such key"}) {
      if (reply.text().starts_with(known)) return reply;
    }
    note("an unexpected error: " + reply.text(), words);
    return reply;
  }

  // ---- tables: hashes of which each worker owns fields

  struct Field {
    size_t table;
    size_t number;  // in the table

    [[nodiscard]] uint64_t id() const { return table * kTableFields + number; }
    [[nodiscard]] std::string name() const { return std::to_string(number); }
  };
  Field own_field(size_t table) { return {table, worker() + kWorkers * random(kFields)}; }

  void play_table() {
    const size_t table = random(kTables);
    switch (random(12)) {
      case 0:
      case 1:
      case 2:
        return set_fields(table, 1 + random(4));
      case 3:
        return set_fields(table, kFields);
      case 4:
        return erase_field(own_field(table));
      case 5:
        (void)ask({"HPEXPIRE", numbered("table", table), std::to_string(1 + random(50)), "FIELDS",
                   "1", own_field(table).name()});
        return;
      case 6:
        return worker() == 0 ? erase_table(table) : read_table(table);
      case 7:
        (void)ask({"PEXPIRE", numbered("table", table), std::to_string(1 + random(200))});
        return;
      case 8:
      case 9:
        return read_table(table);
      default:
        return read_fields(table);
    }
  }

  void set_fields(size_t table, size_t count) {
    Words words{"HSET", numbered("table", table)};
    std::set<uint64_t> ids;
    std::vector<Mark> written;
    while (written.size() < count && words.size() < 4 * count) {
      const Field field =
          count == kFields ? Field{table, worker() + kWorkers * written.size()} : own_field(table);
      if (!ids.insert(field.id()).second) break;
      written.push_back({'v', field.id(), world_.oracle.begin_change(field.id())});
      words.insert(words.end(), {field.name(), marked(written.back())});
    }
    if (ask(words).is_error()) return;
    for (const Mark& mark : written) world_.oracle.complete(mark.owner, mark.number);
  }
  void erase_field(const Field& field) {
    const uint64_t version = world_.oracle.begin_change(field.id());
    if (!ask({"HDEL", numbered("table", field.table), field.name()}).is_error())
      world_.oracle.complete(field.id(), version);
  }
  // By worker 0 alone, as the oracle wants.
  void erase_table(size_t table) {
    const std::string key = numbered("table", table);
    world_.oracle.flush(table * kTableFields, kTableFields, [&] {
      if (random(2) == 0) (void)ask({"SET", key, "text"});
      (void)ask({"DEL", key});
    });
  }

  void read_table(size_t table) {
    std::vector<Oracle::Expectation> expected(kTableFields);
    for (size_t i = 0; i < kTableFields; ++i)
      expected[i] = world_.oracle.begin_read(Field{table, i}.id());
    const Words words{"HGETALL", numbered("table", table)};
    const Reply reply = ask(words);
    if (reply.is_error()) return;
    std::set<uint64_t> seen;
    for (size_t i = 0; i + 1 < reply.items.size(); i += 2) {
      const Field field{table, std::stoul(reply.items[i].text)};
      if (!seen.insert(field.id()).second) note("a field twice", words);
      judge_field(field, expected.at(field.number), reply.items[i + 1].text, words);
    }
  }
  void read_fields(size_t table) {
    Words words{"HMGET", numbered("table", table)};
    std::vector<Field> fields;
    std::vector<Oracle::Expectation> expected;
    for (size_t i = 0; i < 8; ++i) {
      fields.push_back({table, random(kTableFields)});
      expected.push_back(world_.oracle.begin_read(fields.back().id()));
      words.push_back(fields.back().name());
    }
    const Reply reply = ask(words);
    if (reply.is_error()) return;
    reads += fields.size();
    for (size_t i = 0; i < fields.size(); ++i) {
      if (reply.items.at(i).kind == resp::ReplyKind::kNull) continue;
      ++hits;
      judge_field(fields[i], expected[i], reply.items[i].text, words);
    }
  }
  void judge_field(const Field& field, const Oracle::Expectation& expected, const std::string& text,
                   const Words& asked) {
    const Mark mark = judge('v', text, asked);
    if (mark.owner != field.id()) return note("another field's value: " + text, asked);
    const char* flaw = world_.oracle.end_read(mark.owner, expected,
                                              {.oldest = mark.number, .newest = mark.number});
    if (flaw != nullptr) note(flaw + (": " + text), asked);
  }

  // ---- lists: an element comes to one place, whatever moves it

  void play_list() {
    const auto list = [this] { return numbered("list", random(kLists)); };
    switch (random(10)) {
      case 0:
      case 1:
      case 2:
        return push(list());
      case 3:
      case 4:
        return pop({random(2) == 0 ? "LPOP" : "RPOP", list(), std::to_string(1 + random(60))});
      case 5:
        (void)ask({"RENAME", list(), list()});
        return;
      case 6:
        (void)ask({random(4) == 0 ? "DEL" : "EXISTS", list()});
        return;
      case 7:
        return look('e', {"LRANGE", list(), "0", "-1"});
      default:
        (void)ask({"LMOVE", list(), list(), random(2) == 0 ? "LEFT" : "RIGHT", "LEFT"});
    }
  }
  void push(const std::string& list) {
    Words words{random(2) == 0 ? "LPUSH" : "RPUSH", list};
    for (size_t n = 1 + random(60); n > 0; --n) words.push_back(make('e'));
    (void)ask(words);
  }
  void pop(const Words& words) {
    for (const Reply::Item& item : ask(words).items) {
      if (item.kind == resp::ReplyKind::kBulk) popped.push_back(judge('e', item.text, words));
    }
  }
  // Of elements alone, none of them twice.
  void look(char family, const Words& words) {
    const Reply reply = ask(words);
    if (reply.is_error()) return;
    std::set<std::string> seen;
    for (const Reply::Item& item : reply.items) {
      (void)judge(family, item.text, words);
      if (!seen.insert(item.text).second) note("an element twice", words);
    }
  }

  // ---- others: anything may be done to them

  void play_other() {
    switch (random(6)) {
      case 0:
        return play_keys();
      case 1:
        return play_hash(numbered("h", random(kOthers)));
      case 2:
      case 3:
        return play_sets();
      default:
        return play_sorted_sets();
    }
  }
  void play_keys() {
    const char* kind = std::array{"h", "s", "z"}.at(random(3));
    const std::string key = numbered(kind, random(kOthers));
    const std::string other = numbered(kind, random(kOthers));
    switch (random(5)) {
      case 0:
        if (key != other) (void)ask({"COPY", key, other, "REPLACE"});
        return;
      case 1:
        (void)ask({random(2) == 0 ? "RENAME" : "RENAMENX", key, other});
        return;
      case 2:
        (void)ask({"PEXPIRE", key, std::to_string(1 + random(100))});
        return;
      case 3:
        (void)ask({"PERSIST", key});
        return;
      default:
        (void)ask({"DEL", key, other});
    }
  }
  std::string element(char family) { return marked({family, 0, random(400)}); }
  Words with_elements(Words words, char family, const char* before) {
    for (size_t n = 1 + random(80); n > 0; --n) {
      if (before != nullptr) words.push_back(before);
      words.push_back(element(family));
    }
    return words;
  }
  void play_hash(const std::string& key) {
    switch (random(4)) {
      case 0:
        (void)ask({"HSETEX", key, "PX", std::to_string(1 + random(50)), "FIELDS", "2", element('n'),
                   element('n'), element('n'), element('n')});
        return;
      case 1: {
        Words words{"HSET", key};
        for (size_t n = 2 + 2 * random(100); n > 0; --n) words.push_back(element('n'));
        (void)ask(words);
        return;
      }
      case 2:
        return look('n', {"HKEYS", key});
      default:
        (void)ask({"HGETDEL", key, "FIELDS", "1", element('n')});
    }
  }
  void play_sets() {
    const auto set = [this] { return numbered("s", random(kOthers)); };
    switch (random(6)) {
      case 0:
        (void)ask(with_elements({"SADD", set()}, 'm', nullptr));
        return;
      case 1:
        (void)ask(with_elements({"SREM", set()}, 'm', nullptr));
        return;
      case 2:
        (void)ask({std::array{"SUNIONSTORE", "SINTERSTORE", "SDIFFSTORE"}.at(random(3)), set(),
                   set(), set()});
        return;
      case 3:
        return look('m', {std::array{"SUNION", "SINTER", "SDIFF"}.at(random(3)), set(), set()});
      case 4:
        return look('m', {"SMEMBERS", set()});
      default:
        (void)ask({"SMOVE", set(), set(), element('m')});
    }
  }
  void play_sorted_sets() {
    const auto set = [this] { return numbered("z", random(kOthers)); };
    switch (random(6)) {
      case 0:
        (void)ask(with_elements({"ZADD", set()}, 'z', "1"));
        return;
      case 1:
        (void)ask({"ZINCRBY", set(), std::to_string(random(9)), element('z')});
        return;
      case 2:
        (void)ask({random(2) == 0 ? "ZUNIONSTORE" : "ZINTERSTORE", set(), "2", set(), set()});
        return;
      case 3:
        (void)ask({"ZRANGESTORE", set(), set(), "0", std::to_string(random(200))});
        return;
      case 4:
        return look('z', {"ZREVRANGE", set(), "0", "-1"});
      default:
        (void)ask({"ZREMRANGEBYRANK", set(), "0", std::to_string(random(60))});
    }
  }

  // ---- strings, which keep memory full

  void fill_memory() {
    for (size_t i = 0; i < 4; ++i) {
      const uint64_t number = random(kTexts);
      std::string value = marked({kText, number, number}) + " ";
      value.append(100 + random(2'000), '.');
      Words words{"SET", numbered("text", number), value};
      if (random(4) == 0) words.insert(words.end(), {"PX", std::to_string(1 + random(100))});
      (void)ask(words);
    }
    const uint64_t number = random(kTexts);
    const Words words{"GET", numbered("text", number)};
    const Reply reply = ask(words);
    if (reply.is_null()) return;
    if (judge(kText, reply.text().substr(0, reply.text().find(' ')), words).number != number)
      note("another key's text", words);
  }

  World& world_;
};

void run_all(World& world, const std::vector<std::unique_ptr<Client>>& clients) {
  const TurnTaking turns;
  const MaintenanceThread maintenance(world.rig.store(), world.rig.time());
  std::vector<std::thread> threads;
  threads.reserve(clients.size());
  for (const auto& client : clients) threads.emplace_back([&client = *client] { client.run(); });
  for (std::thread& thread : threads) thread.join();
}

// Nothing is left, and nothing is counted.
void delete_all(WorkerRig& rig) {
  Words words{"DEL"};
  for (size_t i = 0; i < kTexts; ++i) {
    for (const char* name : {"table", "list", "h", "s", "z", "text"})
      words.push_back(numbered(name, i));
  }
  Flaws flaws;
  (void)WorkerClient(rig, flaws, 0).ask(words);
  rig.time().advance_ms(10'000);
  Maintenance maintenance(rig.store(), rig.time());
  for (size_t i = 0; i < 10'000 && rig.count("seg_handle_byte") != 0; ++i) maintenance.run_once();
}

START_TEST(no_worker_sees_a_torn_foreign_older_or_resurrected_element) {
  World world;
  std::vector<std::unique_ptr<Client>> clients;
  for (size_t i = 0; i < kWorkers; ++i) clients.push_back(std::make_unique<Client>(world, i));
  run_all(world, clients);
  ck_assert_msg(!world.flaws.any(), "%s", world.flaws.first().c_str());

  std::vector<Mark> popped;
  uint64_t reads = 0;
  uint64_t hits = 0;
  for (const auto& client : clients) {
    popped.insert(popped.end(), client->popped.begin(), client->popped.end());
    reads += client->reads;
    hits += client->hits;
  }
  std::sort(popped.begin(), popped.end());
  const auto twice = std::adjacent_find(popped.begin(), popped.end());
  ck_assert_msg(twice == popped.end(), "popped twice: %s", marked(*twice).c_str());
  ck_assert_uint_gt(popped.size(), kRounds);
  ck_assert_uint_gt(hits, reads / 20);
  ck_assert_uint_gt(world.rig.count("seg_evict"), 100);
  ck_assert_uint_gt(world.rig.count("seg_expire_item"), 0);

  world.rig.store().check_invariants();
  ck_assert_uint_gt(world.rig.count("seg_handle_byte"), 0);
  delete_all(world.rig);
  ck_assert_uint_eq(world.rig.count("seg_handle_byte"), 0);
  ck_assert_uint_eq(world.rig.count("seg_item_live"), 0);
  world.rig.store().check_invariants();
}
END_TEST

}  // namespace

PELIKAN_TESTS("service/resp/collection_stress",
              no_worker_sees_a_torn_foreign_older_or_resurrected_element)
