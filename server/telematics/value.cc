// SPDX-License-Identifier: Apache-2.0
#include "server/telematics/value.h"

#include <google/protobuf/util/json_util.h>

#include <cmath>

#include "absl/strings/numbers.h"

namespace cardata {

v1::Value ToValue(const Literal& literal) {
  v1::Value value;
  switch (literal.kind) {
    case LiteralKind::kNull:
      value.set_no_value(v1::NO_VALUE_NULL);
      break;
    case LiteralKind::kBoolean:
      value.set_boolean(literal.text == "true");
      break;
    case LiteralKind::kNumber: {
      double number;
      if (absl::SimpleAtod(literal.text, &number) && std::isfinite(number)) {
        value.set_number(number);
      } else {
        value.set_no_value(v1::NO_VALUE_UNPARSABLE);
      }
      break;
    }
    case LiteralKind::kString:
      if (literal.text == "INVALID") {
        value.set_no_value(v1::NO_VALUE_INVALID);
      } else {
        value.set_text(std::string(literal.text));
      }
      break;
    case LiteralKind::kJson:
      if (!google::protobuf::util::JsonStringToMessage(std::string(literal.text),
                                                       value.mutable_json())
               .ok())
        value.set_no_value(v1::NO_VALUE_UNPARSABLE);
      break;
  }
  return value;
}

}  // namespace cardata
