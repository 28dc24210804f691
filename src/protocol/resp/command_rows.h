// The commands on keys and values.
//
// For command.cc only.
#pragma once

#include <array>

#include "protocol/resp/command.h"

namespace pelikan::resp {

// One line of the table; the array it stands in says the group.
struct CommandRow {
  Command id;
  std::string_view fullname;
  int arity;
  uint32_t flags;
  KeyPositions keys;
  std::string_view since;
  std::string_view complexity;
  std::string_view syntax;
  std::string_view summary;
};

inline constexpr KeyPositions kNoKeys{};
inline constexpr KeyPositions kOneKey{1, 1, 1};
inline constexpr KeyPositions kTwoKeys{1, 2, 1};
inline constexpr KeyPositions kManyKeys{1, -1, 1};
inline constexpr KeyPositions kPairs{1, -1, 2};     // a key, a value, ...
inline constexpr KeyPositions kKeyBehind{2, 2, 1};  // a subcommand
inline constexpr KeyPositions kKeysBehind{2, -1, 1};

inline constexpr std::string_view kConstant = "O(1)";
inline constexpr std::string_view kPerKey = "O(N), N keys";
inline constexpr std::string_view kPerByte = "O(N), N bytes of the values";
inline constexpr std::string_view kPerArgument = "O(N), N arguments";
inline constexpr std::string_view kPerEntry = "O(N), N entries listed";
inline constexpr std::string_view kPerCount = "O(N), N the count";
inline constexpr std::string_view kPerSmallest =
    "O(N K), N members of the smallest source, K sources";
inline constexpr std::string_view kAllKeysOnce = "O(N), N keys of the whole cache";

using namespace flag;  // NOLINT(google-build-using-namespace)

inline constexpr auto kStringCommands = std::to_array<CommandRow>({
    {Command::kGet, "get", 2, kReadonly | kFast, kOneKey, "1.0.0", kConstant, "key",
     "The value of a key"},
    {Command::kSet, "set", -3, kWrite | kDenyoom, kOneKey, "1.0.0", kConstant,
     "key value [NX|XX|IFEQ value] [GET] [EX s|PX ms|EXAT s|PXAT ms|KEEPTTL]",
     "Stores a value, maybe on a condition and with an expiry"},
    {Command::kMget, "mget", -2, kReadonly | kFast, kManyKeys, "1.0.0", kPerKey, "key [key ...]",
     "The values of several keys"},
    {Command::kMset, "mset", -3, kWrite | kDenyoom, kPairs, "1.0.1", kPerKey,
     "key value [key value ...]", "Stores several values"},
    {Command::kMsetnx, "msetnx", -3, kWrite | kDenyoom, kPairs, "1.0.1", kPerKey,
     "key value [key value ...]", "Stores several values if none of the keys exists"},
    {Command::kSetnx, "setnx", 3, kWrite | kDenyoom | kFast, kOneKey, "1.0.0", kConstant,
     "key value", "Stores a value if the key does not exist"},
    {Command::kSetex, "setex", 4, kWrite | kDenyoom, kOneKey, "2.0.0", kConstant,
     "key seconds value", "Stores a value with an expiry"},
    {Command::kPsetex, "psetex", 4, kWrite | kDenyoom, kOneKey, "2.6.0", kConstant,
     "key milliseconds value", "Stores a value with an expiry in milliseconds"},
    {Command::kGetset, "getset", 3, kWrite | kDenyoom | kFast, kOneKey, "1.0.0", kConstant,
     "key value", "Stores a value and returns the one before"},
    {Command::kGetdel, "getdel", 2, kWrite | kFast, kOneKey, "6.2.0", kConstant, "key",
     "Returns a value and deletes the key"},
    {Command::kGetex, "getex", -2, kWrite | kFast, kOneKey, "6.2.0", kConstant,
     "key [EX s|PX ms|EXAT s|PXAT ms|PERSIST]", "Returns a value and changes its expiry"},
    {Command::kDelifeq, "delifeq", 3, kWrite | kFast, kOneKey, "9.0.0", kConstant, "key value",
     "Deletes the key if it has this value"},
    {Command::kAppend, "append", 3, kWrite | kDenyoom | kFast, kOneKey, "2.0.0", kPerByte,
     "key value", "Adds bytes behind a value"},
    {Command::kStrlen, "strlen", 2, kReadonly | kFast, kOneKey, "2.2.0", kConstant, "key",
     "The size of a value in bytes"},
    {Command::kIncr, "incr", 2, kWrite | kDenyoom | kFast, kOneKey, "1.0.0", kConstant, "key",
     "Adds one to an integer"},
    {Command::kDecr, "decr", 2, kWrite | kDenyoom | kFast, kOneKey, "1.0.0", kConstant, "key",
     "Takes one from an integer"},
    {Command::kIncrby, "incrby", 3, kWrite | kDenyoom | kFast, kOneKey, "1.0.0", kConstant,
     "key increment", "Adds to an integer"},
    {Command::kDecrby, "decrby", 3, kWrite | kDenyoom | kFast, kOneKey, "1.0.0", kConstant,
     "key decrement", "Takes from an integer"},
    {Command::kIncrbyfloat, "incrbyfloat", 3, kWrite | kDenyoom | kFast, kOneKey, "2.6.0",
     kConstant, "key increment", "Adds to a floating-point number"},
    {Command::kGetrange, "getrange", 4, kReadonly, kOneKey, "2.4.0", kPerByte, "key start end",
     "A part of a value"},
    {Command::kSubstr, "substr", 4, kReadonly, kOneKey, "1.0.0", kPerByte, "key start end",
     "A part of a value: the old name of GETRANGE"},
    {Command::kSetrange, "setrange", 4, kWrite | kDenyoom, kOneKey, "2.2.0", kPerByte,
     "key offset value", "Writes bytes into a value"},
});

inline constexpr auto kBitmapCommands = std::to_array<CommandRow>({
    {Command::kSetbit, "setbit", 4, kWrite | kDenyoom, kOneKey, "2.2.0", kPerByte,
     "key offset value", "Sets or clears a bit, returns what it was"},
    {Command::kGetbit, "getbit", 3, kReadonly | kFast, kOneKey, "2.2.0", kConstant, "key offset",
     "One bit of a value"},
    {Command::kBitcount, "bitcount", -2, kReadonly, kOneKey, "2.6.0", kPerByte,
     "key [start end [BYTE|BIT]]", "Counts the bits that are set"},
    {Command::kBitpos, "bitpos", -3, kReadonly, kOneKey, "2.8.7", kPerByte,
     "key bit [start [end [BYTE|BIT]]]", "The first bit that is set, or clear"},
    {Command::kBitop, "bitop", -4, kWrite | kDenyoom, kKeysBehind, "2.6.0", kPerByte,
     "<AND|OR|XOR|NOT> destkey key [key ...]",
     "Stores what a bitwise operation makes of several values"},
});

inline constexpr auto kGenericCommands = std::to_array<CommandRow>({
    {Command::kDel, "del", -2, kWrite, kManyKeys, "1.0.0", kPerKey, "key [key ...]",
     "Deletes keys"},
    {Command::kUnlink, "unlink", -2, kWrite | kFast, kManyKeys, "4.0.0", kPerKey, "key [key ...]",
     "Deletes keys, as DEL does here"},
    {Command::kExists, "exists", -2, kReadonly | kFast, kManyKeys, "1.0.0", kPerKey,
     "key [key ...]", "Counts the keys that exist"},
    {Command::kType, "type", 2, kReadonly | kFast, kOneKey, "1.0.0", kConstant, "key",
     "What kind of value a key has"},
    {Command::kTouch, "touch", -2, kReadonly | kFast, kManyKeys, "3.2.1", kPerKey, "key [key ...]",
     "Counts the keys that exist, as used now"},
    {Command::kScan, "scan", -2, kReadonly, kNoKeys, "2.8.0", kPerCount,
     "cursor [MATCH pattern] [COUNT count] [TYPE type]", "Goes through the keys in steps"},
    {Command::kKeys, "keys", 2, kReadonly, kNoKeys, "1.0.0", kAllKeysOnce, "pattern",
     "All keys that match a pattern"},
    {Command::kRandomkey, "randomkey", 1, kReadonly, kNoKeys, "1.0.0", kConstant, "", "Some key"},
    {Command::kRename, "rename", 3, kWrite, kTwoKeys, "1.0.0", kPerByte, "key newkey",
     "Gives a value another key"},
    {Command::kRenamenx, "renamenx", 3, kWrite | kFast, kTwoKeys, "1.0.0", kPerByte, "key newkey",
     "Gives a value another key if that does not exist"},
    {Command::kCopy, "copy", -3, kWrite | kDenyoom, kTwoKeys, "6.2.0", kPerByte,
     "source destination [DB 0] [REPLACE]", "Copies a value to another key"},
    {Command::kExpire, "expire", -3, kWrite | kFast, kOneKey, "1.0.0", kConstant,
     "key seconds [NX|XX|GT|LT]", "Lets a key expire after so many seconds"},
    {Command::kPexpire, "pexpire", -3, kWrite | kFast, kOneKey, "2.6.0", kConstant,
     "key milliseconds [NX|XX|GT|LT]", "Lets a key expire after so many milliseconds"},
    {Command::kExpireat, "expireat", -3, kWrite | kFast, kOneKey, "1.2.0", kConstant,
     "key unix-time-seconds [NX|XX|GT|LT]", "Lets a key expire at a time"},
    {Command::kPexpireat, "pexpireat", -3, kWrite | kFast, kOneKey, "2.6.0", kConstant,
     "key unix-time-milliseconds [NX|XX|GT|LT]", "Lets a key expire at a time in milliseconds"},
    {Command::kTtl, "ttl", 2, kReadonly | kFast, kOneKey, "1.0.0", kConstant, "key",
     "Seconds until a key expires"},
    {Command::kPttl, "pttl", 2, kReadonly | kFast, kOneKey, "2.6.0", kConstant, "key",
     "Milliseconds until a key expires"},
    {Command::kExpiretime, "expiretime", 2, kReadonly | kFast, kOneKey, "7.0.0", kConstant, "key",
     "When a key expires, in seconds"},
    {Command::kPexpiretime, "pexpiretime", 2, kReadonly | kFast, kOneKey, "7.0.0", kConstant, "key",
     "When a key expires, in milliseconds"},
    {Command::kPersist, "persist", 2, kWrite | kFast, kOneKey, "2.2.0", kConstant, "key",
     "Takes a key's expiry away"},
    {Command::kObject, "object", -2, kContainer, kNoKeys, "2.2.3", kConstant, "",
     "What is known about a key's value"},
    {Command::kWait, "wait", 3, 0, kNoKeys, "3.0.0", kConstant, "numreplicas timeout",
     "How many replicas have the writes: none here"},
});

}  // namespace pelikan::resp
