// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace cardata::sim {

// Names and values of a query or a form, decoded, in the order sent; a name may occur twice.
using Parameters = std::vector<std::pair<std::string, std::string>>;

struct WebRequest {
  std::string method;  // upper case
  std::string path;    // percent-decoded
  Parameters query;
  std::map<std::string, std::string> headers;  // names in lower case; of repeated ones the first
  std::string body;
  std::string http_version;  // what the client spoke: "1.1", "2"

  // Empty if it is absent.
  std::string Header(const std::string& lower_case_name) const;
  std::string Query(const std::string& name) const;
};

struct WebResponse {
  int status = 200;
  std::string content_type;  // empty: no body
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

// Called by many threads at once; may block.
using WebHandler = std::function<WebResponse(const WebRequest&)>;

// The first value of that name; null if there is none.
const std::string* Find(const Parameters& parameters, const std::string& name);

// Decodes application/x-www-form-urlencoded, of a query or a body.
Parameters ParseForm(const std::string& text);

WebResponse TextResponse(int status, std::string text);
WebResponse HtmlResponse(int status, std::string html);
WebResponse JsonResponse(int status, std::string json);

}  // namespace cardata::sim
