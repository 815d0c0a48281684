// SPDX-License-Identifier: Apache-2.0
#include "server/tls/certificates.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <fstream>
#include <memory>
#include <sstream>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"

namespace cardata {
namespace {

constexpr size_t kMaxBytes = 4 << 20;

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(X509* certificate) const { X509_free(certificate); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

absl::Status Refuse(const std::string& file, absl::string_view what) {
  const unsigned long error = ERR_peek_last_error();
  const char* reason = error == 0 ? nullptr : ERR_reason_error_string(error);
  ERR_clear_error();
  return absl::InvalidArgumentError(absl::StrCat(
      file, " ", what, reason == nullptr ? "" : absl::StrCat(" (OpenSSL: ", reason, ")")));
}

absl::StatusOr<std::string> Read(const std::string& path) {
  ERR_clear_error();
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  if (!file.is_open() || errno != 0)
    return Refuse(path, absl::StrCat("cannot be read: ", std::generic_category().message(errno)));
  std::string text = std::move(content).str();
  if (text.size() > kMaxBytes) return Refuse(path, "is too large for a PEM file");
  return text;
}

absl::StatusOr<std::vector<Owned<X509>>> ParseAll(const std::string& path,
                                                  const std::string& text) {
  const Owned<BIO> bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  std::vector<Owned<X509>> all;
  ERR_clear_error();
  while (X509* next = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr))
    all.emplace_back(next);
  const unsigned long end = ERR_peek_last_error();
  if (all.empty()) return Refuse(path, "holds no certificate in PEM");
  if (ERR_GET_LIB(end) != ERR_LIB_PEM || ERR_GET_REASON(end) != PEM_R_NO_START_LINE)
    return Refuse(path, "holds a certificate that cannot be read");
  ERR_clear_error();
  return all;
}

// An encrypted key must not make OpenSSL ask at the terminal.
int NoPassphrase(char*, int, int, void*) { return -1; }

absl::Time ToTime(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return absl::InfinitePast();
  return absl::FromTM(parts, absl::UTCTimeZone());
}

// The same calls as gRPC's, so that what passes here passes there.
absl::Status CheckPair(const CertificateFiles& files, const Certificates& read,
                       const std::vector<Owned<X509>>& chain) {
  const Owned<SSL_CTX> context(SSL_CTX_new(TLS_server_method()));
  if (SSL_CTX_use_certificate(context.get(), chain.front().get()) != 1)
    return Refuse(files.cert_file, "holds a certificate that cannot be used");
  const Owned<BIO> bio(BIO_new_mem_buf(read.key.data(), static_cast<int>(read.key.size())));
  const Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassphrase, nullptr));
  if (!key) return Refuse(files.key_file, "holds no private key in PEM without a passphrase");
  if (SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1 ||
      SSL_CTX_check_private_key(context.get()) != 1)
    return Refuse(files.key_file, absl::StrCat("is not the key of ", files.cert_file));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Certificates> ReadCertificates(const CertificateFiles& files) {
  Certificates read;
  ASSIGN_OR_RETURN(read.chain, Read(files.cert_file));
  ASSIGN_OR_RETURN(read.key, Read(files.key_file));
  ASSIGN_OR_RETURN(const std::vector<Owned<X509>> chain, ParseAll(files.cert_file, read.chain));
  RETURN_IF_ERROR(CheckPair(files, read, chain));
  if (!files.client_ca_file.empty()) {
    ASSIGN_OR_RETURN(read.client_authorities, Read(files.client_ca_file));
    RETURN_IF_ERROR(ParseAll(files.client_ca_file, read.client_authorities).status());
  }
  read.start_time = ToTime(X509_get0_notBefore(chain.front().get()));
  read.expire_time = ToTime(X509_get0_notAfter(chain.front().get()));
  return read;
}

}  // namespace cardata
