#include "protocol/memcache/compose_meta.h"

#include <algorithm>
#include <cstring>

#include "base/assertion.h"

namespace pelikan::memcache {
namespace {

char mode_letter(MetaMode mode) noexcept {
  switch (mode) {
    case MetaMode::kSet:
      return 'S';
    case MetaMode::kAdd:
      return 'E';
    case MetaMode::kReplace:
      return 'R';
    case MetaMode::kAppend:
      return 'A';
    case MetaMode::kPrepend:
      return 'P';
    case MetaMode::kIncrement:
      return 'I';
    case MetaMode::kDecrement:
      return 'D';
  }
  return 'S';
}

// What belongs to a letter.
void write_token(MetaLine& line, char letter, const MetaFlags& flags) noexcept {
  switch (letter) {
    case 'T':
      return line.bare_seconds(flags.exptime);
    case 'N':
      return line.bare_seconds(flags.vivify_exptime);
    case 'R':
      return line.bare_seconds(flags.recache_exptime);
    case 'C':
      return line.bare_number(flags.cas);
    case 'E':
      return line.bare_number(flags.new_cas);
    case 'D':
      return line.bare_number(flags.delta);
    case 'J':
      return line.bare_number(flags.initial);
    case 'F':
      return line.bare_number(flags.client_flags);
    case 'O':
      return line.text(flags.opaque_text());
    case 'M': {
      const char mode = mode_letter(flags.mode);
      return line.text({&mode, 1});
    }
    default:
      return;
  }
}

}  // namespace

char* compose_meta_flags(char* to, const MetaFlags& flags) noexcept {
  MetaLine line(to);
  for (size_t i = 0; i < flags.count; ++i) {
    line.letter(flags.order[i]);
    write_token(line, flags.order[i], flags);
  }
  return line.position();
}

size_t meta_request_bound(const Request& request) noexcept {
  return 2 + kMaxMetaKey + kMaxMetaNumber + kMaxMetaFlagText + request.value_size + 2 * kTerminator;
}

char* compose_meta_request(char* to, const Request& request, const MetaFlags& flags) noexcept {
  CHECK(is_meta(request.command));
  MetaLine line(to);
  line.begin(command_word(request.command));
  line.text(" ");
  line.bare_key(request.key, flags.has('b'));
  const bool has_value = request.command == Command::kMetaSet;
  if (has_value) line.size(request.value_size);
  MetaLine rest(compose_meta_flags(line.position(), flags));
  to = rest.end();
  if (!has_value) return to;
  to = std::copy_n(request.value, request.value_size, to);  // an empty value may be nowhere
  std::memcpy(to, "\r\n", kTerminator);
  return to + kTerminator;
}

}  // namespace pelikan::memcache
