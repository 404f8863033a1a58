package com.example.hello;

import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;

/** Where the instance metadata service is, and whether to ask it at all. */
@ConfigurationProperties("instance")
record MetadataSettings(URI metadataEndpoint, boolean metadataDisabled) {}
