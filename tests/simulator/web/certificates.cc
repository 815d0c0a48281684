// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/web/certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"

namespace cardata::sim {
namespace {

constexpr int64_t kDay = int64_t{24} * 60 * 60;
constexpr int64_t kLifetime = 365 * kDay;
constexpr char kNames[] =
    "DNS:localhost,IP:127.0.0.1,IP:::1,DNS:customer.bmwgroup.com,DNS:api-cardata.bmwgroup.com,"
    "DNS:customer.streaming-cardata.bmwgroup.com";

template <class T, void (*Free)(T*)>
struct Freed {
  void operator()(T* object) const { Free(object); }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, EVP_PKEY_free>>;
using X509Ptr = std::unique_ptr<X509, Freed<X509, X509_free>>;
struct CloseFile {
  void operator()(FILE* file) const { fclose(file); }
};
using File = std::unique_ptr<FILE, CloseFile>;

Key NewKey() { return Key(EVP_EC_gen("P-256")); }

void Extend(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  if (X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value)) {
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }
}

X509Ptr Blank(EVP_PKEY* key, const char* common_name) {
  X509Ptr certificate(X509_new());
  uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kDay);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kLifetime);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(common_name), -1, -1, 0);
  return certificate;
}

bool Usable(const Certificates& files) {
  if (access(files.ca_file.c_str(), R_OK) != 0 || access(files.key_file.c_str(), R_OK) != 0) {
    return false;
  }
  File file(fopen(files.certificate_file.c_str(), "r"));
  if (file == nullptr) return false;
  X509Ptr certificate(PEM_read_X509(file.get(), nullptr, nullptr, nullptr));
  time_t soon = time(nullptr) + kDay;
  return certificate != nullptr && X509_cmp_time(X509_get0_notAfter(certificate.get()), &soon) > 0;
}

template <class Write>
absl::Status WriteFile(const std::string& path, mode_t mode, Write write) {
  File file(fopen(path.c_str(), "w"));
  if (file == nullptr || fchmod(fileno(file.get()), mode) != 0 || !write(file.get())) {
    return absl::UnavailableError(absl::StrCat("cannot write ", path));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Certificates> ProvideCertificates(const std::string& directory) {
  Certificates files{absl::StrCat(directory, "/ca.pem"), absl::StrCat(directory, "/server.pem"),
                     absl::StrCat(directory, "/server-key.pem")};
  if (Usable(files)) return files;

  const Key ca_key = NewKey();
  const Key key = NewKey();
  if (ca_key == nullptr || key == nullptr) return absl::InternalError("cannot make a key");
  const X509Ptr ca = Blank(ca_key.get(), "cardata-sim CA");
  X509_set_issuer_name(ca.get(), X509_get_subject_name(ca.get()));
  Extend(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE");
  Extend(ca.get(), ca.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  Extend(ca.get(), ca.get(), NID_subject_key_identifier, "hash");
  X509_sign(ca.get(), ca_key.get(), EVP_sha256());

  const X509Ptr leaf = Blank(key.get(), "localhost");
  X509_set_issuer_name(leaf.get(), X509_get_subject_name(ca.get()));
  Extend(leaf.get(), ca.get(), NID_subject_alt_name, kNames);
  Extend(leaf.get(), ca.get(), NID_ext_key_usage, "serverAuth");
  Extend(leaf.get(), ca.get(), NID_subject_key_identifier, "hash");
  Extend(leaf.get(), ca.get(), NID_authority_key_identifier, "keyid");
  if (X509_sign(leaf.get(), ca_key.get(), EVP_sha256()) == 0) {
    return absl::InternalError("cannot sign the certificate");
  }

  RETURN_IF_ERROR(WriteFile(files.key_file, 0600, [&](FILE* file) {
    return PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  }));
  RETURN_IF_ERROR(
      WriteFile(files.ca_file, 0644, [&](FILE* file) { return PEM_write_X509(file, ca.get()); }));
  RETURN_IF_ERROR(WriteFile(files.certificate_file, 0644, [&](FILE* file) {
    return PEM_write_X509(file, leaf.get()) && PEM_write_X509(file, ca.get());
  }));
  return files;
}

}  // namespace cardata::sim
