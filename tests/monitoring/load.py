# SPDX-License-Identifier: Apache-2.0
"""What goes on at a gateway while its dashboard is drawn: accounts, their cars, subscribers, callers, and what goes wrong."""

import contextlib
import math
import random
import threading
import time

import cardata
import grpc
from cardata import v1
from stack import post

ACCOUNTS = 12
SUBSCRIBERS = 14


class Load:
    def __init__(self, stack):
        self.stack = stack
        self.random = random.Random(7)
        self.bmw = stack.start_simulator(
            f"--accounts={ACCOUNTS}",
            "--vehicles=bev,phev",
            "--time-factor=1",
            "--auto-approve=50ms",
            "--poll-interval=1s",
            "--token-lifetime=90s",
        )
        self.target = stack.start_gateway("gateway-0", *stack.certificate())
        self.client = stack.enter_context(cardata.connect(self.target, ca=(stack.folder / "tls.pem").read_bytes()))
        self.accounts = stack.control("/accounts")["accounts"]

    def play(self, seconds):
        """Returns after that time."""
        start = time.monotonic()
        end = start + seconds
        story = [
            (0.00, lambda: self.in_background(self.log_in_all)),
            (0.06, lambda: self.in_background(self.call_often, end)),
            (0.10, lambda: self.in_background(self.subscribe_one_by_one, end - start)),
            (0.42, lambda: self.fail("second-client", "play", 3)),
            (0.50, lambda: self.in_background(self.read_slowly, seconds * 0.2)),
            (0.55, lambda: post(self.bmw["control_url"] + "/faults", {"operation": "rest", "error": "CU-503", "times": 6})),
            (0.60, lambda: self.fail("second-client", "end", 3)),
            (0.72, lambda: post(self.bmw["control_url"] + "/broker/restart", {})),
        ]
        while (now := time.monotonic()) < end:
            while story and now >= start + story[0][0] * seconds:
                story.pop(0)[1]()
            self.publish((now - start) / seconds)
            time.sleep(5)

    def in_background(self, function, *arguments):
        threading.Thread(target=function, args=arguments, daemon=True).start()

    def publish(self, part):
        """Events come as on a day: few at first, most in the middle."""
        rate = 20 + 260 * math.sin(math.pi * min(part * 1.1, 1)) ** 2 * self.random.uniform(0.85, 1.0)
        post(self.bmw["control_url"] + "/load", {"events_per_second": rate, "accounts": ACCOUNTS, "cars": 2})

    def fail(self, mode, what, account):
        post(f"{self.bmw['control_url']}/failure-modes/{mode}/{what}", {"account": self.accounts[account]["name"]})

    def log_in_all(self):
        for account in self.accounts:
            name = account["name"]
            self.client.auth.StartDeviceAuthorization(
                v1.StartDeviceAuthorizationRequest(account=name, client_id=account["clients"][0]["client_id"])
            )
            for _ in self.client.auth.WatchDeviceAuthorization(v1.WatchDeviceAuthorizationRequest(account=name)):
                pass

    def subscribe_one_by_one(self, seconds):
        for index in range(SUBSCRIBERS):
            request = v1.SubscribeRequest()
            if index % 3 == 2:  # of one account
                request.vins.extend(each["vin"] for each in self.accounts[index % ACCOUNTS]["vehicles"])
            self.in_background(self.read, request, seconds * self.random.uniform(0.3, 0.9))
            time.sleep(seconds * 0.5 / SUBSCRIBERS)

    def read(self, request, seconds):
        with contextlib.suppress(grpc.RpcError):
            for _ in self.client.telematics.Subscribe(request, timeout=seconds):
                pass

    def read_slowly(self, seconds):
        """Does not read for so long, then reads on."""
        with contextlib.suppress(grpc.RpcError):
            stream = self.client.telematics.Subscribe(v1.SubscribeRequest(), timeout=seconds * 1.6)
            next(stream)
            time.sleep(seconds)
            for _ in stream:
                pass

    def call_often(self, end):
        vins = [vehicle["vin"] for account in self.accounts for vehicle in account["vehicles"]]
        telematics, vehicles, auth = self.client.telematics, self.client.vehicles, self.client.auth
        calls = [
            (12, lambda: telematics.GetCurrentValues(v1.GetCurrentValuesRequest(vin=self.random.choice(vins)))),
            (3, lambda: auth.ListAccounts(v1.ListAccountsRequest())),
            (2, lambda: telematics.ListDescriptors(v1.ListDescriptorsRequest())),
            (1, lambda: auth.GetAccount(v1.GetAccountRequest(account="nobody"))),
            (0.15, lambda: vehicles.GetVehicle(v1.GetVehicleRequest(vin=self.random.choice(vins)))),
            (0.1, lambda: vehicles.GetTyreDiagnosis(v1.GetTyreDiagnosisRequest(vin=self.random.choice(vins)))),
            (0.1, lambda: self.client.containers.ListContainers(v1.ListContainersRequest(account=self.accounts[0]["name"]))),
        ]
        weights = [weight for weight, _ in calls]
        while time.monotonic() < end:
            with contextlib.suppress(grpc.RpcError):
                self.random.choices(calls, weights)[0][1]()
            time.sleep(self.random.expovariate(20))
