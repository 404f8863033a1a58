package com.example.hello;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** The id of the instance that this process runs on: asked for once, at start. Not knowing it never stops the start. */
@Component
class InstanceIdentity {

    static final String LOCAL = "local";

    private static final Logger log = LoggerFactory.getLogger(InstanceIdentity.class);

    private final String id;

    InstanceIdentity(MetadataSettings settings) {
        id = ask(settings);
    }

    String id() {
        return id;
    }

    private static String ask(MetadataSettings settings) {
        if (settings.metadataDisabled()) {
            log.info("instance is '{}': AWS_EC2_METADATA_DISABLED is true", LOCAL);
            return LOCAL;
        }
        try {
            String id = new MetadataService(settings.metadataEndpoint()).instanceId();
            log.info("instance is '{}', says {}", id, settings.metadataEndpoint());
            return id;
        } catch (IOException | RuntimeException e) {
            log.warn("instance is '{}': no answer from {}: {}", LOCAL, settings.metadataEndpoint(), e.toString());
            return LOCAL;
        }
    }
}
