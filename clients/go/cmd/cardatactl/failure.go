// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/cardata-gateway/cardata-gateway/clients/go/cardata"
)

// The exit codes; the help of the root command documents them.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitUnreachable = 3
	exitLogin       = 4
	exitNotFound    = 5
	exitUsedUp      = 6
	exitBMW         = 7
	exitInterrupted = 130
)

// usageError is what the command line got wrong.
type usageError struct{ error }

// failedWith is an error of a command's own, with its exit code and what to do.
type failedWith struct {
	code            int
	message, remedy string
}

func (f failedWith) Error() string { return f.message }

// explain tells the person at the terminal what went wrong and what to do, and gives the exit code.
func (a *app) explain(err error) int {
	var usage usageError
	var own failedWith
	switch {
	case errors.As(err, &usage):
		fmt.Fprintf(a.err, "cardatactl: %v\n", usage)
		return exitUsage
	case errors.As(err, &own):
		a.show(own.message, "", nil, own.remedy)
		return own.code
	}

	failed := cardata.ErrorOf(err)
	var violations []string
	for _, violation := range failed.FieldViolations {
		violations = append(violations, violation.GetField()+": "+violation.GetDescription())
	}
	reason := failed.Reason
	if reason == "" && failed.Code != codes.Unknown {
		reason = failed.Code.String()
	}
	message := failed.Message
	if isUnreachable(failed) {
		message = fmt.Sprintf("the gateway at %s cannot be reached: %s", a.gateway, failed.Message)
	}
	a.show(message, reason, violations, a.remedy(failed))
	return exitCode(failed)
}

func (a *app) show(message, reason string, violations []string, remedy string) {
	fmt.Fprintf(a.err, "cardatactl: %s\n", printable(message))
	line := func(name, text string) {
		if text != "" {
			fmt.Fprintf(a.err, "  %-7s %s\n", name+":", printable(text))
		}
	}
	line("reason", reason)
	for _, violation := range violations {
		line("field", violation)
	}
	line("remedy", remedy)
}

// isUnreachable tells that it is not the gateway that has answered.
func isUnreachable(failed cardata.Error) bool {
	return failed.Reason == "" && (failed.Code == codes.Unavailable || failed.Code == codes.DeadlineExceeded)
}

func exitCode(failed cardata.Error) int {
	switch failed.Reason {
	case cardata.ReasonLoginRequired, cardata.ReasonScopeMissing, cardata.ReasonClientRefused:
		return exitLogin
	case cardata.ReasonUpstreamUnavailable, cardata.ReasonUpstreamError, cardata.ReasonUpstreamMalformed,
		cardata.ReasonTokenRefused:
		return exitBMW
	case cardata.ReasonQuotaExhausted, cardata.ReasonContainerLimitReached:
		return exitUsedUp
	}
	switch failed.Code {
	case codes.InvalidArgument:
		return exitUsage
	case codes.Unavailable, codes.DeadlineExceeded:
		return exitUnreachable
	case codes.NotFound:
		return exitNotFound
	}
	return exitFailed
}

// remedy is what to do about an error; empty where its message says it.
func (a *app) remedy(failed cardata.Error) string {
	account := failed.Metadata["account"]
	if account == "" {
		account = "ACCOUNT"
	}
	switch failed.Reason {
	case cardata.ReasonLoginRequired, cardata.ReasonNoLoginInProgress:
		return "cardatactl login " + account
	case cardata.ReasonScopeMissing:
		return "subscribe the account's client to the CarData API in BMW's portal, then cardatactl login " + account
	case cardata.ReasonQuotaExhausted:
		return fmt.Sprintf("%s; what vehicles send goes on meanwhile: cardatactl watch, cardatactl get", again(failed.RetryDelay))
	case cardata.ReasonAccountNotFound:
		return "cardatactl accounts lists those there are"
	case cardata.ReasonVehicleNotFound:
		return "cardatactl vehicles lists those there are; --refresh asks BMW"
	case cardata.ReasonAccountRequired:
		return "add --account with one of: " + strings.ReplaceAll(failed.Metadata["accounts"], ",", ", ")
	case cardata.ReasonContainerNotFound, cardata.ReasonContainerDeleted:
		return "cardatactl containers lists those there are"
	case cardata.ReasonContainerLimitReached:
		return "cardatactl containers delete ID; it counts for another 29 days"
	case cardata.ReasonDescriptorNotFound, cardata.ReasonDescriptorRefused:
		return "cardatactl descriptors WORD searches BMW's catalogue"
	case cardata.ReasonVehicleNotPermitted:
		return "make the account the vehicle's PRIMARY user in BMW's app; cardatactl vehicles --refresh shows the roles"
	case cardata.ReasonTokenRefused, cardata.ReasonUpstreamUnavailable:
		return "try again later; cardatactl accounts shows how the account is"
	case cardata.ReasonResumeTokenInvalid:
		return "leave --resume-token out, to begin with the current values"
	case cardata.ReasonTooManySubscriptions:
		return "end other subscriptions, or raise the gateway's limit"
	case cardata.ReasonShuttingDown:
		return "try again when the gateway is back"
	}
	switch {
	case strings.Contains(failed.Message, "error reading server preface"):
		return "what answers there may want TLS: --ca names the authority of its certificate, --cert and --key yours"
	case strings.Contains(failed.Message, "first record does not look like a TLS handshake"):
		return "what answers there speaks no TLS: --plaintext, if that is meant to be so"
	case strings.Contains(failed.Message, "certificate"):
		return "--ca names the authorities to trust, --server-name another name to look for, --cert and --key your own certificate"
	case isUnreachable(failed):
		return "is the gateway running there? --gateway or $CARDATA_GATEWAY names another address"
	case failed.Code == codes.Unimplemented:
		return "the gateway is older than this program, or what answers at " + a.gateway + " is none"
	}
	return ""
}

func again(delay time.Duration) string {
	if delay <= 0 {
		return "try again later"
	}
	return "try again in " + span(delay)
}
