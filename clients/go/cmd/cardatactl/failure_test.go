// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/cardata-gateway/cardata-gateway/clients/go/cardata"
)

func TestErrorsShowMessageReasonAndRemedyAndHaveAnExitCode(t *testing.T) {
	gateway := func(code codes.Code, reason, message string, details ...protoadapt.MessageV1) error {
		info := &errdetails.ErrorInfo{
			Reason: reason, Domain: "cardata-gateway", Metadata: map[string]string{"account": "home", "accounts": "home,work"},
		}
		detailed, err := status.New(code, message).WithDetails(append(details, info)...)
		if err != nil {
			t.Fatal(err)
		}
		return detailed.Err()
	}
	for _, test := range []struct {
		err      error
		code     int
		expected string
	}{
		{gateway(codes.ResourceExhausted, cardata.ReasonQuotaExhausted, "all are spent",
			&errdetails.RetryInfo{RetryDelay: durationpb.New(90 * time.Minute)}), 6,
			"cardatactl: all are spent\n  reason: QUOTA_EXHAUSTED\n  remedy: try again in 1h 30m;"},
		{gateway(codes.FailedPrecondition, cardata.ReasonLoginRequired, "a person must log in"), 4,
			"  reason: LOGIN_REQUIRED\n  remedy: cardatactl login home\n"},
		{gateway(codes.InvalidArgument, cardata.ReasonAccountRequired, "which account"), 2, "one of: home, work\n"},
		{gateway(codes.InvalidArgument, cardata.ReasonInvalidRequest, "it is malformed", &errdetails.BadRequest{
			FieldViolations: []*errdetails.BadRequest_FieldViolation{{Field: "vin", Description: "has 17 characters"}},
		}), 2, "  reason: INVALID_REQUEST\n  field:  vin: has 17 characters\n"},
		{gateway(codes.NotFound, cardata.ReasonVehicleNotFound, "no such vehicle"), 5, "remedy: cardatactl vehicles"},
		{gateway(codes.Unavailable, cardata.ReasonUpstreamUnavailable, "BMW fails"), 7, "remedy: try again later"},
		{gateway(codes.Unavailable, cardata.ReasonShuttingDown, "it stops"), 3, "remedy: try again when"},
		{gateway(codes.Internal, "FROM_THE_FUTURE", "odd\x1b[2J"), 1, "cardatactl: odd\\x1b[2J\n  reason: FROM_THE_FUTURE\n"},
		{status.Error(codes.Unavailable, "connection refused"), 3,
			"cardatactl: the gateway at gateway:1 cannot be reached: connection refused\n  reason: Unavailable\n  remedy: is the"},
		{status.Error(codes.Unavailable, "x509: certificate signed by unknown authority"), 3, "remedy: --ca names"},
		{status.Error(codes.Unavailable, "error reading server preface: EOF"), 3, "remedy: what answers there may want TLS"},
		{status.Error(codes.Unavailable, "tls: first record does not look like a TLS handshake"), 3, "--plaintext, if"},
		{failedWith{4, "denied", "try again"}, 4, "cardatactl: denied\n  remedy: try again\n"},
		{usageError{errors.New("wrong")}, 2, "cardatactl: wrong\n"},
	} {
		var said bytes.Buffer
		app := &app{err: &said, gateway: "gateway:1"}
		if code := app.explain(test.err); code != test.code || !strings.Contains(said.String(), test.expected) {
			t.Errorf("exit code %d, and it says\n%s", code, said.String())
		}
	}
}

func TestACommandLineThatIsWrongIsSaidSo(t *testing.T) {
	for _, test := range []struct {
		arguments []string
		expected  string
	}{
		{[]string{"fly"}, `unknown command "fly"`},
		{[]string{"watch", "--fast"}, "unknown flag: --fast"},
		{[]string{"watch", "now"}, `unknown command "now"`},
		{[]string{"login"}, "accepts 1 arg(s), received 0"},
		{[]string{"accounts", "-o", "xml"}, `--output takes table or json, not "xml"`},
		{[]string{"accounts", "--cert", "client.pem"}, "--cert and --key go together"},
		{[]string{"accounts", "--ca", "/not/there"}, "--ca: open /not/there"},
		{[]string{"accounts", "--plaintext", "--server-name", "x"}, "WithPlaintext does not go together"},
		{[]string{"watch", "-o", "table"}, "needs a terminal"},
		{[]string{"watch", "--interval", "10s"}, "--interval goes with --latest"},
		{[]string{"watch", "--from", "yesterday"}, `--from: "yesterday" is no time`},
		{[]string{"charging", "WBA00000000000001", "--since", "yesterday"}, `--since: "yesterday" is no time`},
		{[]string{"charging", "curve", "-n", "0"}, "--number counts from 1"},
		{[]string{"accounts", "remove", "home"}, "say --yes"},
		{[]string{"descriptors", "--streamed", "--not-streamed"}, "none of the others can be"},
	} {
		out, err, code := cardatactl(t, test.arguments...)
		if code != exitUsage || !strings.Contains(err, test.expected) || out != "" {
			t.Errorf("%q: exit code %d, out %q, err %q", test.arguments, code, out, err)
		}
	}
}

func TestAPictureIsNotOverwritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "car.png")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err, code := cardatactl(t, "image", "WBA00000000000001", "-f", file)
	if code != exitUsage || !strings.Contains(err, "--force overwrites it") {
		t.Errorf("exit code %d, %q", code, err)
	}
}

func TestAGatewayThatIsNotThereIsSaidSo(t *testing.T) {
	_, err, code := cardatactl(t, "--gateway", "127.0.0.1:1", "accounts")
	if code != exitUnreachable || !strings.Contains(err, "the gateway at 127.0.0.1:1 cannot be reached") {
		t.Errorf("exit code %d, %q", code, err)
	}
}

func TestEveryCommandHasHelpWithExamples(t *testing.T) {
	for _, command := range [][]string{
		{}, {"login"}, {"accounts"}, {"accounts", "remove"}, {"vehicles"}, {"watch"}, {"get"}, {"descriptors"}, {"containers"},
		{"containers", "create"}, {"containers", "delete"}, {"charging"}, {"charging", "curve"}, {"image"},
	} {
		out, err, code := cardatactl(t, append(command, "--help")...)
		if code != 0 || err != "" || !strings.Contains(out, "Examples:\n  cardatactl") {
			t.Errorf("%q: exit code %d, %q, %q", command, code, out, err)
		}
	}
	out, _, _ := cardatactl(t, "--help")
	for code, said := range map[string]string{"0": "done", "6": "used up", "130": "interrupted"} {
		if !strings.Contains(out, code+"  "+said) {
			t.Errorf("exit code %s is not documented", code)
		}
	}
}

func TestCompletionIsWritten(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish"} {
		if out, err, code := cardatactl(t, "completion", shell); code != 0 || !strings.Contains(out, "cardatactl") {
			t.Errorf("%s: exit code %d, %q", shell, code, err)
		}
	}
}
