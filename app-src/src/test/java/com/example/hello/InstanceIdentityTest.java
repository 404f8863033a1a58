package com.example.hello;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class InstanceIdentityTest {

    @Test
    void asks_the_metadata_service_for_a_token_first_and_once_for_the_instance_id() throws IOException {
        try (var metadata = MetadataStub.answering()) {
            var identity = new InstanceIdentity(new MetadataSettings(metadata.endpoint(), false));

            assertThat(identity.id()).isEqualTo(MetadataStub.INSTANCE_ID);
            assertThat(identity.id()).isEqualTo(MetadataStub.INSTANCE_ID);
            assertThat(metadata.requests()).containsExactly("PUT /latest/api/token", "GET /latest/meta-data/instance-id");
        }
    }

    @Test
    void is_local_and_asks_nobody_when_the_metadata_service_is_disabled(CapturedOutput output) throws IOException {
        try (var metadata = MetadataStub.answering()) {
            var identity = new InstanceIdentity(new MetadataSettings(metadata.endpoint(), true));

            assertThat(identity.id()).isEqualTo("local");
            assertThat(metadata.requests()).isEmpty();
            assertThat(output).contains("instance is 'local': AWS_EC2_METADATA_DISABLED is true");
        }
    }

    @Test
    void is_local_and_says_why_when_nobody_listens(CapturedOutput output) throws IOException {
        var identity = new InstanceIdentity(new MetadataSettings(endpointWithoutServer(), false));

        assertThat(identity.id()).isEqualTo("local");
        assertThat(output).contains("instance is 'local': no answer from http://127.0.0.1:", "ConnectException");
    }

    @Test
    void is_local_after_about_a_second_when_the_metadata_service_hangs(CapturedOutput output) throws IOException {
        try (var metadata = MetadataStub.hanging()) {
            Instant start = Instant.now();
            var identity = new InstanceIdentity(new MetadataSettings(metadata.endpoint(), false));

            assertThat(identity.id()).isEqualTo("local");
            assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofMillis(2500));
            assertThat(output).contains("SocketTimeoutException");
        }
    }

    @Test
    void is_local_and_says_why_when_the_metadata_service_refuses(CapturedOutput output) throws IOException {
        try (var metadata = MetadataStub.refusing()) {
            var identity = new InstanceIdentity(new MetadataSettings(metadata.endpoint(), false));

            assertThat(identity.id()).isEqualTo("local");
            assertThat(output).contains("PUT /latest/api/token was answered with status 403");
        }
    }

    @Test
    void is_local_when_the_endpoint_makes_no_sense(CapturedOutput output) {
        var identity = new InstanceIdentity(new MetadataSettings(URI.create("not-an-endpoint"), false));

        assertThat(identity.id()).isEqualTo("local");
        assertThat(output).contains("no answer from not-an-endpoint");
    }

    private static URI endpointWithoutServer() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return URI.create("http://127.0.0.1:" + socket.getLocalPort());
        }
    }
}
