#include "protocol/resp/command.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <type_traits>

#include "protocol/resp/command_rows.h"
#include "protocol/resp/command_rows_hash.h"
#include "protocol/resp/command_rows_list.h"
#include "protocol/resp/command_rows_server.h"
#include "protocol/resp/command_rows_set.h"
#include "protocol/resp/command_rows_sorted_set.h"

namespace pelikan::resp {
namespace {

// ---- the table ----

struct Family {
  std::string_view group;
  std::span<const CommandRow> rows;
};

constexpr auto kFamilies = std::to_array<Family>({
    {"string", kStringCommands},
    {"bitmap", kBitmapCommands},
    {"list", kListCommands},
    {"hash", kHashCommands},
    {"set", kSetCommands},
    {"sorted-set", kSortedSetCommands},
    {"generic", kGenericCommands},
    {"connection", kConnectionCommands},
    {"server", kServerCommands},
    {"cluster", kClusterCommands},
    {"scripting", kScriptingCommands},
});

constexpr CommandSpec spec_from(const CommandRow& row, std::string_view group) {
  const size_t bar = row.fullname.find('|');
  const std::string_view word =
      bar == std::string_view::npos ? row.fullname : row.fullname.substr(bar + 1);
  return {row.id,   row.id, word,      row.fullname,   row.arity,  row.flags,
          row.keys, group,  row.since, row.complexity, row.syntax, row.summary};
}

constexpr auto kCommands = [] {
  std::array<CommandSpec, kCommandCount> specs{};
  size_t count = 0;
  for (const Family& family : kFamilies) {
    for (const CommandRow& row : family.rows) specs[count++] = spec_from(row, family.group);
  }
  const size_t parents = count;
  for (const CommandRow& row : kSubcommands) {
    const std::string_view container = row.fullname.substr(0, row.fullname.find('|'));
    size_t parent = 0;
    while (specs[parent].name != container) ++parent;
    specs[count] = spec_from(row, specs[parent].group);
    specs[count++].parent = specs[parent].id;
  }
  // Every command in its place, and the names of subcommands behind containers only.
  for (size_t i = 0; i < count; ++i) {
    if (specs[i].id != static_cast<Command>(i)) throw "the table is not in the enumeration's order";
    if (i >= parents && !specs[static_cast<size_t>(specs[i].parent)].is_container()) throw "parent";
  }
  if (count != kCommandCount) throw "a command is missing";
  return specs;
}();

constexpr size_t kTopLevel = kCommandCount - kSubcommands.size();

// ---- names to commands ----

constexpr size_t kLongestName = 16;

// A name of 1 to 16 bytes in lower case, in two words that the size makes unique.
struct PackedName {
  uint64_t first = 0;
  uint64_t last = 0;
  friend constexpr bool operator==(const PackedName&, const PackedName&) = default;
};

// The letters of eight bytes in lower case, other bytes as they are.
constexpr uint64_t to_lower_bytes(uint64_t bytes) noexcept {
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kHigh = kOnes * 0x80;
  const uint64_t low = bytes & ~kHigh;
  const uint64_t from_a = low + kOnes * (0x80 - 'A');
  const uint64_t above_z = low + kOnes * (0x80 - 'Z' - 1);
  return bytes | ((from_a & ~above_z & ~bytes & kHigh) >> 2);
}

template <class Word>
constexpr uint64_t load(const char* from) noexcept {
  if (std::is_constant_evaluated()) {
    uint64_t word = 0;
    for (size_t i = 0; i < sizeof(Word); ++i) {
      word |= uint64_t{static_cast<unsigned char>(from[i])} << (8 * i);
    }
    return word;
  }
  Word word;
  std::memcpy(&word, from, sizeof(Word));
  return word;
}
static_assert(std::endian::native == std::endian::little);

// REQUIRES: 1 <= name.size() <= kLongestName
constexpr PackedName pack(std::string_view name) noexcept {
  const char* begin = name.data();
  const char* end = begin + name.size();
  uint64_t first = 0;
  uint64_t last = 0;
  if (name.size() >= 8) {
    first = load<uint64_t>(begin);
    last = load<uint64_t>(end - 8);
  } else if (name.size() >= 4) {
    first = load<uint32_t>(begin);
    last = load<uint32_t>(end - 4);
  } else if (name.size() >= 2) {
    first = load<uint16_t>(begin);
    last = load<uint16_t>(end - 2);
  } else {
    first = load<uint8_t>(begin);
  }
  return {to_lower_bytes(first), to_lower_bytes(last)};
}

constexpr size_t kSlots = 4096;

constexpr size_t slot_of(const PackedName& name, size_t size, uint64_t seed) noexcept {
  return ((name.first ^ std::rotl(name.last, 29) ^ size) * seed) >> 52;
}

constexpr uint8_t kNone = 0xff;
static_assert(kTopLevel < kNone);

// A hash without collisions among the names, found by trying: one probe finds a command.
struct Index {
  uint64_t seed = 0;
  std::array<uint8_t, kSlots> slots{};
};

constexpr bool fill(Index& index) {
  index.slots.fill(kNone);
  for (size_t i = 0; i < kTopLevel; ++i) {
    const std::string_view name = kCommands[i].name;
    uint8_t& slot = index.slots[slot_of(pack(name), name.size(), index.seed)];
    if (slot != kNone) return false;
    slot = static_cast<uint8_t>(i);
  }
  return true;
}

constexpr Index kIndex = [] {
  Index index;
  index.seed = 0x9e3779b97f4a7c15;
  while (!fill(index)) index.seed = index.seed * 6364136223846793005 + 1442695040888963407;
  return index;
}();

constexpr auto kPackedNames = [] {
  std::array<PackedName, kTopLevel> names{};
  for (size_t i = 0; i < kTopLevel; ++i) names[i] = pack(kCommands[i].name);
  return names;
}();

constexpr auto kFlagNames = std::to_array<FlagName>({
    {flag::kWrite, "write"},
    {flag::kReadonly, "readonly"},
    {flag::kDenyoom, "denyoom"},
    {flag::kAdmin, "admin"},
    {flag::kFast, "fast"},
    {flag::kNoAuth, "no_auth"},
    {flag::kMovableKeys, "movablekeys"},
});

}  // namespace

std::span<const CommandSpec> all_commands() noexcept { return kCommands; }

const CommandSpec& spec_of(Command command) noexcept {
  return kCommands[static_cast<size_t>(command)];
}

std::span<const CommandSpec> subcommands(const CommandSpec& container) noexcept {
  const auto belongs = [&](const CommandSpec& spec) { return spec.parent == container.id; };
  const auto begin = std::find_if(kCommands.begin() + kTopLevel, kCommands.end(), belongs);
  return {begin, std::find_if_not(begin, kCommands.end(), belongs)};
}

const CommandSpec* find_command(std::string_view name) noexcept {
  if (name.empty() || name.size() > kLongestName) return nullptr;
  const PackedName packed = pack(name);
  const uint8_t found = kIndex.slots[slot_of(packed, name.size(), kIndex.seed)];
  if (found == kNone || kPackedNames[found] != packed) return nullptr;
  return kCommands[found].name.size() == name.size() ? &kCommands[found] : nullptr;
}

const CommandSpec* find_subcommand(const CommandSpec& container, std::string_view word) noexcept {
  if (word.empty() || word.size() > kLongestName || word.data() == nullptr) return nullptr;
  const PackedName packed = pack(word);
  for (const CommandSpec& spec : subcommands(container)) {
    if (spec.name.size() == word.size() && pack(spec.name) == packed) return &spec;
  }
  return nullptr;
}

const CommandSpec* find_command(std::span<const std::string_view> args) noexcept {
  if (args[0].data() == nullptr) return nullptr;
  const CommandSpec* spec = find_command(args[0]);
  if (spec == nullptr || !spec->is_container() || args.size() == 1) [[likely]]
    return spec;
  const CommandSpec* sub = find_subcommand(*spec, args[1]);
  return sub == nullptr ? spec : sub;
}

std::span<const FlagName> command_flag_names() noexcept { return kFlagNames; }

}  // namespace pelikan::resp
