package com.example.hello;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Says hello, and which version, commit and instance answers. */
@RestController
class HelloController {

    private final Greeting greeting;

    HelloController(Release release, InstanceIdentity instance) {
        greeting = new Greeting("Hello from an immutable server", release.version(), release.commit(), instance.id());
    }

    @GetMapping("/")
    Greeting hello() {
        return greeting;
    }

    record Greeting(String message, String version, String commit, String instance) {}
}
