// SPDX-License-Identifier: Apache-2.0

package cardata

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"
)

func failure(t *testing.T, code codes.Code, message string, details ...protoadapt.MessageV1) error {
	detailed, err := status.New(code, message).WithDetails(details...)
	if err != nil {
		t.Fatal(err)
	}
	return detailed.Err()
}

func TestErrorOfReadsAllThatTheGatewaySays(t *testing.T) {
	err := failure(t, codes.ResourceExhausted, "50 of 50 requests are spent",
		&errdetails.ErrorInfo{
			Reason: ReasonQuotaExhausted, Domain: "cardata-gateway", Metadata: map[string]string{"account": "home"},
		},
		&errdetails.RetryInfo{RetryDelay: durationpb.New(90 * time.Minute)},
		&errdetails.QuotaFailure{Violations: []*errdetails.QuotaFailure_Violation{{Subject: "account:home"}}},
		&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{{Field: "vin"}}},
		&errdetails.Help{},
	)
	for _, err := range []error{err, fmt.Errorf("watching: %w", err)} {
		read := ErrorOf(err)
		if read.Code != codes.ResourceExhausted || read.Message != "50 of 50 requests are spent" ||
			read.Reason != ReasonQuotaExhausted || read.Metadata["account"] != "home" || read.RetryDelay != 90*time.Minute ||
			len(read.QuotaViolations) != 1 || read.QuotaViolations[0].GetSubject() != "account:home" ||
			len(read.FieldViolations) != 1 || read.FieldViolations[0].GetField() != "vin" {
			t.Errorf("read %+v", read)
		}
		if read.String() != "50 of 50 requests are spent (QUOTA_EXHAUSTED)" {
			t.Errorf("it is %q", read)
		}
	}
}

func TestErrorOfTakesAnyError(t *testing.T) {
	for _, test := range []struct {
		err      error
		code     codes.Code
		reason   string
		expected string
	}{
		{nil, codes.OK, "", " (OK)"},
		{errors.New("odd"), codes.Unknown, "", "odd (Unknown)"},
		{context.Canceled, codes.Canceled, "", "context canceled (Canceled)"},
		{fmt.Errorf("it: %w", context.DeadlineExceeded), codes.DeadlineExceeded, "",
			"it: context deadline exceeded (DeadlineExceeded)"},
		{status.Error(codes.Unavailable, "gone"), codes.Unavailable, "", "gone (Unavailable)"},
		{failure(t, codes.Aborted, "odd", &errdetails.ErrorInfo{Reason: "FROM_THE_FUTURE", Domain: "cardata-gateway"}),
			codes.Aborted, "FROM_THE_FUTURE", "odd (FROM_THE_FUTURE)"},
		{failure(t, codes.Aborted, "odd", &errdetails.ErrorInfo{Reason: "RATE_LIMITED", Domain: "proxy.example"}),
			codes.Aborted, "", "odd (Aborted)"},
	} {
		read := ErrorOf(test.err)
		if read.Code != test.code || read.Reason != test.reason || read.String() != test.expected {
			t.Errorf("of %v it read %+v, %q", test.err, read, read)
		}
	}
}
