// The commands on sorted sets.
//
// For command.cc only.
#pragma once

#include <array>

#include "protocol/resp/command_rows.h"

namespace pelikan::resp {

inline constexpr std::string_view kPerRank = "O(log N), N members";
inline constexpr std::string_view kPerAdded = "O(M log N), M members named, N there";
inline constexpr std::string_view kPerRange = "O(log N + M), N members, M in the range";
inline constexpr std::string_view kPerDropped = "O(M log N), N members, M in the range";
inline constexpr std::string_view kPerPopped = "O(M log N), N members, M taken out";
inline constexpr std::string_view kPerSorted =
    "O(N log M), N members of all sources, M of the result";

inline constexpr auto kSortedSetCommands = std::to_array<CommandRow>({
    {Command::kZadd, "zadd", -4, kWrite | kDenyoom | kFast, kOneKey, "1.2.0", kPerAdded,
     "key [NX|XX] [GT|LT] [CH] [INCR] score member [score member ...]",
     "Adds members or gives them other scores"},
    {Command::kZincrby, "zincrby", 4, kWrite | kDenyoom | kFast, kOneKey, "1.2.0", kPerRank,
     "key increment member", "Adds to a member's score"},
    {Command::kZrem, "zrem", -3, kWrite | kFast, kOneKey, "1.2.0", kPerAdded,
     "key member [member ...]", "Takes members out"},
    {Command::kZcard, "zcard", 2, kReadonly | kFast, kOneKey, "1.2.0", kConstant, "key",
     "How many members there are"},
    {Command::kZscore, "zscore", 3, kReadonly | kFast, kOneKey, "1.2.0", kConstant, "key member",
     "A member's score"},
    {Command::kZmscore, "zmscore", -3, kReadonly | kFast, kOneKey, "6.2.0", kPerArgument,
     "key member [member ...]", "The scores of several members"},
    {Command::kZrank, "zrank", -3, kReadonly | kFast, kOneKey, "2.0.0", kPerRank,
     "key member [WITHSCORE]", "How many members have less, maybe with the score"},
    {Command::kZrevrank, "zrevrank", -3, kReadonly | kFast, kOneKey, "2.0.0", kPerRank,
     "key member [WITHSCORE]", "How many members have more, maybe with the score"},
    {Command::kZcount, "zcount", 4, kReadonly | kFast, kOneKey, "2.0.0", kPerRank, "key min max",
     "How many members have scores in a range"},
    {Command::kZlexcount, "zlexcount", 4, kReadonly | kFast, kOneKey, "2.8.9", kPerRank,
     "key min max", "How many members stand in a range by their bytes"},
    {Command::kZrange, "zrange", -4, kReadonly, kOneKey, "1.2.0", kPerRange,
     "key start stop [BYSCORE|BYLEX] [REV] [LIMIT offset count] [WITHSCORES]",
     "The members in a range by rank, score or bytes"},
    {Command::kZrevrange, "zrevrange", -4, kReadonly, kOneKey, "1.2.0", kPerRange,
     "key start stop [WITHSCORES]", "The members in a range by rank, from the highest"},
    {Command::kZrangebyscore, "zrangebyscore", -4, kReadonly, kOneKey, "1.0.5", kPerRange,
     "key min max [WITHSCORES] [LIMIT offset count]", "The members in a range by score"},
    {Command::kZrevrangebyscore, "zrevrangebyscore", -4, kReadonly, kOneKey, "2.2.0", kPerRange,
     "key max min [WITHSCORES] [LIMIT offset count]",
     "The members in a range by score, from the highest"},
    {Command::kZrangebylex, "zrangebylex", -4, kReadonly, kOneKey, "2.8.9", kPerRange,
     "key min max [LIMIT offset count]", "The members in a range by their bytes"},
    {Command::kZrevrangebylex, "zrevrangebylex", -4, kReadonly, kOneKey, "2.8.9", kPerRange,
     "key max min [LIMIT offset count]", "The members in a range by their bytes, from the highest"},
    {Command::kZremrangebyrank, "zremrangebyrank", 4, kWrite, kOneKey, "2.0.0", kPerDropped,
     "key start stop", "Takes out the members in a range by rank"},
    {Command::kZremrangebyscore, "zremrangebyscore", 4, kWrite, kOneKey, "1.2.0", kPerDropped,
     "key min max", "Takes out the members in a range by score"},
    {Command::kZremrangebylex, "zremrangebylex", 4, kWrite, kOneKey, "2.8.9", kPerDropped,
     "key min max", "Takes out the members in a range by their bytes"},
    {Command::kZpopmin, "zpopmin", -2, kWrite | kFast, kOneKey, "5.0.0", kPerPopped, "key [count]",
     "Takes the lowest members out and returns them"},
    {Command::kZpopmax, "zpopmax", -2, kWrite | kFast, kOneKey, "5.0.0", kPerPopped, "key [count]",
     "Takes the highest members out and returns them"},
    {Command::kZmpop, "zmpop", -4, kWrite | kMovableKeys, kNoKeys, "7.0.0", kPerPopped,
     "numkeys key [key ...] <MIN|MAX> [COUNT count]",
     "Takes members out of the first of several sorted sets that has some"},
    {Command::kZrandmember, "zrandmember", -2, kReadonly, kOneKey, "6.2.0", kPerCount,
     "key [count [WITHSCORES]]", "Some members, drawn at random"},
    {Command::kZscan, "zscan", -3, kReadonly, kOneKey, "2.8.0", kPerCount,
     "key cursor [MATCH pattern] [COUNT count]", "Goes through members and scores in steps"},
    {Command::kZrangestore, "zrangestore", -5, kWrite | kDenyoom, kTwoKeys, "6.2.0", kPerRange,
     "destination source min max [BYSCORE|BYLEX] [REV] [LIMIT offset count]",
     "Stores the members in a range"},
    {Command::kZunion, "zunion", -3, kReadonly | kMovableKeys, kNoKeys, "6.2.0", kPerSorted,
     "numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE <SUM|MIN|MAX>] [WITHSCORES]",
     "The members of several sorted sets"},
    {Command::kZinter, "zinter", -3, kReadonly | kMovableKeys, kNoKeys, "6.2.0", kPerSorted,
     "numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE <SUM|MIN|MAX>] [WITHSCORES]",
     "The members that all of several sorted sets have"},
    {Command::kZdiff, "zdiff", -3, kReadonly | kMovableKeys, kNoKeys, "6.2.0", kPerSorted,
     "numkeys key [key ...] [WITHSCORES]",
     "The members that only the first of the sorted sets has"},
    {Command::kZunionstore, "zunionstore", -4, kWrite | kDenyoom | kMovableKeys, kOneKey, "2.0.0",
     kPerSorted,
     "destination numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE <SUM|MIN|MAX>]",
     "Stores the members of several sorted sets"},
    {Command::kZinterstore, "zinterstore", -4, kWrite | kDenyoom | kMovableKeys, kOneKey, "2.0.0",
     kPerSorted,
     "destination numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE <SUM|MIN|MAX>]",
     "Stores the members that all of several sorted sets have"},
    {Command::kZdiffstore, "zdiffstore", -4, kWrite | kDenyoom | kMovableKeys, kOneKey, "6.2.0",
     kPerSorted, "destination numkeys key [key ...]",
     "Stores the members that only the first of the sorted sets has"},
    {Command::kZintercard, "zintercard", -3, kReadonly | kMovableKeys, kNoKeys, "7.0.0",
     kPerSmallest, "numkeys key [key ...] [LIMIT limit]",
     "How many members all of several sorted sets have"},
});

}  // namespace pelikan::resp
