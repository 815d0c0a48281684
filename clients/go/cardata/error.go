// SPDX-License-Identifier: Apache-2.0

package cardata

import (
	"errors"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// errorDomain is the domain of the ErrorInfo in every error of the gateway.
const errorDomain = "cardata-gateway"

// Error is what an error of a call says, with what the gateway put into its details.
type Error struct {
	// The gRPC code; OK where there is no error, and Unknown where it is none of gRPC.
	Code codes.Code

	// For people. May change from version to version.
	Message string

	// For programs: one of the constants Reason..., or another one of a newer gateway. Empty if the error is not the gateway's own:
	// the connection broke, for example, or the call's deadline passed.
	Reason string

	// What belongs to the reason, for example "account". May be nil.
	Metadata map[string]string

	// When it makes sense to try again. 0 if the gateway did not say.
	RetryDelay time.Duration

	// Which fields of the request are wrong.
	FieldViolations []*errdetails.BadRequest_FieldViolation

	// What is used up.
	QuotaViolations []*errdetails.QuotaFailure_Violation
}

// String is the message, with the reason or else the code.
func (e Error) String() string {
	if e.Reason != "" {
		return e.Message + " (" + e.Reason + ")"
	}
	return e.Message + " (" + e.Code.String() + ")"
}

// ErrorOf reads an error that a call, a stub's stream or a subscription returned, also where it is wrapped. It takes any error:
//
//	if cardata.ErrorOf(err).Reason == cardata.ReasonQuotaExhausted { ... }
func ErrorOf(err error) Error {
	failed := statusOf(err)
	read := Error{Code: failed.Code(), Message: failed.Message()}
	for _, detail := range failed.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			if detail.GetDomain() == errorDomain {
				read.Reason, read.Metadata = detail.GetReason(), detail.GetMetadata()
			}
		case *errdetails.RetryInfo:
			read.RetryDelay = detail.GetRetryDelay().AsDuration()
		case *errdetails.BadRequest:
			read.FieldViolations = detail.GetFieldViolations()
		case *errdetails.QuotaFailure:
			read.QuotaViolations = detail.GetViolations()
		}
	}
	return read
}

// statusOf finds the status of an error; gRPC's own status.Convert would put the texts of whatever wraps it into the message.
func statusOf(err error) *status.Status {
	var failed interface{ GRPCStatus() *status.Status }
	if errors.As(err, &failed) {
		return failed.GRPCStatus()
	}
	return status.FromContextError(err)
}
