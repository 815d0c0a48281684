// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"testing"
)

// The tests run this program as a process of its own: the test binary, told to be it.
func TestMain(m *testing.M) {
	if os.Getenv("BE_CARDATACTL") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// environment makes the test binary this program. Under the race detector a program would wait for a second before it ends.
var environment = []string{"BE_CARDATACTL=1", "TZ=UTC", "GORACE=atexit_sleep_ms=0"}

// cardatactl runs with arguments, its output piped.
func cardatactl(t *testing.T, arguments ...string) (out, err string, code int) {
	t.Helper()
	var outBytes, errBytes bytes.Buffer
	command := exec.Command(os.Args[0], arguments...)
	command.Env = append(os.Environ(), environment...)
	command.Stdout, command.Stderr = &outBytes, &errBytes
	var exit *exec.ExitError
	if failed := command.Run(); errors.As(failed, &exit) {
		code = exit.ExitCode()
	} else if failed != nil {
		t.Fatal(failed)
	}
	return outBytes.String(), errBytes.String(), code
}
