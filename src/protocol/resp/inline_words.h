// The words of an inline request: a line as people type it.
#pragma once

#include <string_view>

#include "protocol/resp/request.h"

namespace pelikan::resp {

// Adds the words of the line to the arguments. Words are parted by blanks; "..." takes \n \r \t \b
// \a \xHH \" \\, '...' takes \', and a blank or the end must follow the closing quote. False: a
// quote is not closed like that; some words may have been added.
[[nodiscard]] bool add_inline_words(std::string_view line, Arguments& arguments);

}  // namespace pelikan::resp
