// SPDX-License-Identifier: Apache-2.0

package main

import (
	"google.golang.org/genproto/googleapis/rpc/code"

	"github.com/cardata-gateway/cardata-gateway/clients/go/cardata"
)

// errorAsValue spells an error as all drivers do.
func errorAsValue(failed cardata.Error) map[string]any {
	fields, quotas, metadata := []string{}, []string{}, failed.Metadata
	for _, violation := range failed.FieldViolations {
		fields = append(fields, violation.GetField())
	}
	for _, violation := range failed.QuotaViolations {
		quotas = append(quotas, violation.GetSubject())
	}
	if metadata == nil {
		metadata = map[string]string{}
	}
	return map[string]any{
		"code":       code.Code(failed.Code).String(),
		"reason":     failed.Reason,
		"message":    failed.Message,
		"metadata":   metadata,
		"retryDelay": failed.RetryDelay.Seconds(),
		"fields":     fields,
		"quotas":     quotas,
	}
}
