// The options of keyspaces, `ks.NAME.*`: one group for each name, made when the name is first used.
//
// Thread safety: as Option's.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "load/workload/count_option.h"
#include "option/option.h"

namespace pelikan::load {

// Holds the names of one keyspace's options, which no literal can.
class OptionNames {
 public:
  explicit OptionNames(std::string_view keyspace) : prefix_("ks." + std::string(keyspace) + ".") {}
  [[nodiscard]] std::string_view operator()(std::string_view name) {
    return names_.emplace_back(prefix_ + std::string(name));
  }

 private:
  std::string prefix_;
  std::deque<std::string> names_;  // their addresses stay
};

struct KeyspaceOptions : OptionGroup {
  explicit KeyspaceOptions(std::string_view keyspace)
      : keyspace_name(keyspace), key_prefix_default(keyspace_name + ":"), names(keyspace) {}

  std::string keyspace_name;
  std::string key_prefix_default;
  OptionNames names;

  Option<double> weight{
      this, names("weight"), 1, "share of the requests, beside the others'", {0, 1e9}};
  CountOption keys{
      this, names("keys"), 1'000'000, "how many different keys", {1, CountOption::kMost}};
  Option<std::string> key_size{this, names("key_size"), "16",
                               "bytes of a key: a number, or a distribution as value_size"};
  Option<std::string> key_prefix{this, names("key_prefix"), key_prefix_default,
                                 "what every key begins with"};
  Option<std::string> keys_from{this, names("keys_from"), "",
                                "file of keys, one a line, in place of made ones"};
  Option<std::string> popularity{this, names("popularity"), "zipf 0.99",
                                 "uniform, zipf THETA, sequential, gaussian SD%, hotset K% T%, "
                                 "latest, exponential K%, histogram FILE"};
  Option<double> drift{
      this, names("drift"), 0, "keys that leave the hot set each second", {0, 1e9}};
  Option<double> one_hit{this,
                         names("one_hit"),
                         0,
                         "percent of the requests that ask for a key never asked for again",
                         {0, 100}};
  Option<std::string> value_size{this, names("value_size"), "64",
                                 "bytes of a value: N, uniform A B, normal MEAN SD, lognormal MU "
                                 "SIGMA, gpareto L S K, gev L S K, list 32:50,1k:40, fb_etc, file "
                                 "FILE"};
  Option<bool> value_stable{this, names("value_stable"), true,
                            "a key's value has the same size whenever it is stored"};
  Option<double> value_compress{this,
                                names("value_compress"),
                                1,
                                "how many times smaller a compressor makes the values",
                                {1, 100}};
  Option<std::string> ttl{this, names("ttl"), "0",
                          "time to live, 0 for ever: N, list 1m:30,1h:60, or as value_size"};
  Option<bool> verify{this, names("verify"), false,
                      "check returned values, and that none outlives its TTL by more than 2 s, "
                      "unless the mix has touch, gat, gats or mset"};
  Option<std::string> mix{this, names("mix"), "get:90 set:10", "commands and their weights"};
  Option<std::string> raw{this, names("raw"), "",
                          "commands of the Redis protocol beside the mix, with weights: 5 ZADD "
                          "{key} {int 0 1000} {value}; 1 EXPIRE {key} {ttl}"};
  Option<Choice> on_miss{this,
                         names("on_miss"),
                         "none",
                         "what a miss is followed by: set stores the key",
                         {"none", "set"}};
  Option<std::string> fill{this, names("fill"), "",
                           "command of the Redis protocol that stores a key before the run and "
                           "after a miss: HSET {key} name {value}; empty: SET"};
  Option<std::chrono::milliseconds> backend_delay{
      this,
      names("backend_delay"),
      std::chrono::milliseconds(0),
      "time between a miss and its set",
      {std::chrono::milliseconds(0), std::chrono::hours(1)}};
};

class KeyspaceGroups {
 public:
  // The options of a keyspace, made by the first call. Throws SetupError when the name is not
  // [a-z0-9_]+. The reference stays valid.
  KeyspaceOptions& group(std::string_view name);

  // Those made so far, in this order.
  [[nodiscard]] const std::vector<std::unique_ptr<KeyspaceOptions>>& groups() const noexcept {
    return groups_;
  }

 private:
  std::vector<std::unique_ptr<KeyspaceOptions>> groups_;
};

}  // namespace pelikan::load
