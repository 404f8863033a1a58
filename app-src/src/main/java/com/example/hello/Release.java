package com.example.hello;

import org.springframework.boot.context.properties.ConfigurationProperties;

/** What was baked into the image that this process runs from. */
@ConfigurationProperties("app")
record Release(String version, String commit) {}
