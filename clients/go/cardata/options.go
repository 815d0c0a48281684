// SPDX-License-Identifier: Apache-2.0

package cardata

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
)

// Option changes how [Connect] connects.
type Option func(*settings)

type settings struct {
	ca               []byte
	certificate, key []byte
	serverName       string
	plaintext        bool
	dialOptions      []grpc.DialOption
}

// WithCA trusts the authorities in this PEM instead of the system's, and switches TLS on.
func WithCA(pem []byte) Option {
	return func(s *settings) { s.ca = orEmpty(pem) }
}

// WithCertificate shows the gateway a client certificate (mTLS), and switches TLS on. Both are PEM; the certificate comes with
// its chain.
func WithCertificate(certificate, key []byte) Option {
	return func(s *settings) { s.certificate, s.key = orEmpty(certificate), orEmpty(key) }
}

// WithServerName looks for this name in the gateway's certificate instead of the target's, and switches TLS on.
func WithServerName(name string) Option {
	return func(s *settings) { s.serverName = name }
}

// WithPlaintext uses no TLS, whatever the target: for a mesh or a tunnel that encrypts by itself. It does not go together with the
// options of TLS.
func WithPlaintext() Option {
	return func(s *settings) { s.plaintext = true }
}

// WithDialOptions adds options of gRPC's own, such as interceptors, a dialer, or a stats handler for tracing. They come after the
// client's, so that where both set the same thing they win.
func WithDialOptions(options ...grpc.DialOption) Option {
	return func(s *settings) { s.dialOptions = append(s.dialOptions, options...) }
}

// orEmpty tells a PEM that was given but is empty, which is a mistake, from one that was not given.
func orEmpty(pem []byte) []byte {
	if pem == nil {
		return []byte{}
	}
	return pem
}

func (s *settings) credentials(target string) (credentials.TransportCredentials, error) {
	wantsTLS := s.ca != nil || s.certificate != nil || s.serverName != ""
	switch {
	case s.plaintext && wantsTLS:
		return nil, errors.New("cardata: WithPlaintext does not go together with WithCA, WithCertificate or WithServerName")
	case s.plaintext, !wantsTLS && isLocal(target):
		return insecure.NewCredentials(), nil
	}

	config := &tls.Config{ServerName: s.serverName, MinVersion: tls.VersionTLS12}
	if s.ca != nil {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(s.ca) {
			return nil, errors.New("cardata: WithCA was given no certificate: it takes PEM (-----BEGIN CERTIFICATE-----)")
		}
	}
	if s.certificate != nil {
		pair, err := tls.X509KeyPair(s.certificate, s.key)
		if err != nil {
			return nil, fmt.Errorf("cardata: WithCertificate takes a certificate and its key as PEM: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return credentials.NewTLS(config), nil
}
