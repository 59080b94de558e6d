#ifndef VERNEMQ_OPERATOR_COPENSSL_H
#define VERNEMQ_OPERATOR_COPENSSL_H

// OpenSSL's macros are invisible to Swift: those that the product needs are given here as inline functions that
// carry the name of the macro behind the prefix `vmq_`.

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

static inline int vmq_SSL_CTX_set_min_proto_version(SSL_CTX *context, int version) {
    return (int)SSL_CTX_set_min_proto_version(context, version);
}
static inline int vmq_SSL_CTX_set_max_proto_version(SSL_CTX *context, int version) {
    return (int)SSL_CTX_set_max_proto_version(context, version);
}
static inline long vmq_SSL_CTX_set_mode(SSL_CTX *context, long mode) { return SSL_CTX_set_mode(context, mode); }
static inline long vmq_SSL_CTX_set_session_cache_mode(SSL_CTX *context, long mode) {
    return SSL_CTX_set_session_cache_mode(context, mode);
}
static inline long vmq_SSL_CTX_set_read_ahead(SSL_CTX *context, long on) {
    return SSL_CTX_set_read_ahead(context, on);
}
static inline long vmq_SSL_CTX_add1_chain_cert(SSL_CTX *context, X509 *certificate) {
    return SSL_CTX_add1_chain_cert(context, certificate);
}
static inline long vmq_SSL_set_tlsext_host_name(SSL *session, const char *name) {
    return SSL_set_tlsext_host_name(session, name);
}
static inline long vmq_BIO_get_mem_data(BIO *bio, char **start) { return BIO_get_mem_data(bio, start); }
static inline EVP_PKEY *vmq_EVP_EC_gen(const char *curve) { return EVP_EC_gen(curve); }
static inline int vmq_ERR_GET_LIB(unsigned long error) { return ERR_GET_LIB(error); }
static inline int vmq_ERR_GET_REASON(unsigned long error) { return ERR_GET_REASON(error); }

// Constants with casts or shifts, which Swift does not import.
static const uint64_t VMQ_SSL_OP_SERVER = SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION
    | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_TICKET;
static const uint64_t VMQ_SSL_OP_CLIENT = SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET;
static const long VMQ_SSL_MODE = SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
    | SSL_MODE_RELEASE_BUFFERS;

#endif
