// Config files: flat lines `key: value`, one option each.
//
//   # A comment fills a line, or follows white space.
//   seg_memory: 4GiB        # units as option.h lists them
//   server_unix_path:       # a text may be empty
//
// A key starts in the first column. A value reaches to the end of the line or the comment; white
// space around it does not count, and there is no quoting: a text cannot hold white space followed
// by '#'.
//
// Errors: all of a file are found in one go. Each is a sentence with file, line, key, value and
// what is allowed,
//   segcache.conf:3: seg_memory: '1KiB' is out of range; allowed: 8MiB..1TiB
//   segcache.conf:4: unknown option 'seg_memry'; did you mean 'seg_memory'?
// and the line's option keeps the value it had.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "option/option_set.h"

namespace pelikan {

// Sets options from the text of a config file; `source` is the file's name in errors. Returns the
// errors.
[[nodiscard]] std::vector<std::string> apply_config_text(std::string_view text,
                                                         std::string_view source,
                                                         const OptionSet& options);

// The text of a config file, at most 1 MiB. Returns an empty string, or why there is none:
//   config file a.conf: No such file or directory
[[nodiscard]] std::string read_config_file(const std::string& path, std::string& text);

// Both in one.
[[nodiscard]] std::vector<std::string> apply_config_file(const std::string& path,
                                                         const OptionSet& options);

}  // namespace pelikan
