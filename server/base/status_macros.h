// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

// Returns early from a function, or a coroutine (CO_), if an expression's absl::Status or
// absl::StatusOr is not OK:
//
//   ASSIGN_OR_RETURN(Tokens tokens, ParseTokens(body));
//   RETURN_IF_ERROR(store.Open());
#define CARDATA_CONCAT_(a, b) a##b
#define CARDATA_CONCAT(a, b) CARDATA_CONCAT_(a, b)

#define RETURN_IF_ERROR_(keyword, expression)                       \
  do {                                                              \
    if (auto cardata_status = (expression); !cardata_status.ok()) { \
      keyword cardata_status;                                       \
    }                                                               \
  } while (false)
#define ASSIGN_OR_RETURN_(keyword, result, target, expression) \
  auto result = (expression);                                  \
  if (!result.ok()) keyword std::move(result).status();        \
  target = *std::move(result)

#define RETURN_IF_ERROR(expression) RETURN_IF_ERROR_(return, expression)
#define CO_RETURN_IF_ERROR(expression) RETURN_IF_ERROR_(co_return, expression)
#define ASSIGN_OR_RETURN(target, expression) \
  ASSIGN_OR_RETURN_(return, CARDATA_CONCAT(cardata_result_, __LINE__), target, expression)
#define ASSIGN_OR_CO_RETURN(target, expression) \
  ASSIGN_OR_RETURN_(co_return, CARDATA_CONCAT(cardata_result_, __LINE__), target, expression)
