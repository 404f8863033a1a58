package com.example.hello;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = {"app.version=1.2.3", "app.commit=4f5e6d7"})
class HelloApplicationTest {

    private static final HttpClient http = HttpClient.newHttpClient();

    private static MetadataStub metadata;

    @LocalServerPort
    private int port;

    @DynamicPropertySource
    static void metadataService(DynamicPropertyRegistry registry) throws IOException {
        metadata = MetadataStub.answering();
        registry.add("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata::endpoint);
        registry.add("AWS_EC2_METADATA_DISABLED", () -> false);
    }

    @AfterAll
    static void stopMetadataService() {
        metadata.close();
    }

    @Test
    void greets_with_version_commit_and_instance() throws Exception {
        var answer = get("/");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type")).contains("application/json");
        // image/component.yml looks for these very characters
        assertThat(answer.body())
                .contains("\"message\":\"Hello")
                .contains("\"version\":\"1.2.3\"")
                .contains("\"commit\":\"4f5e6d7\"")
                .contains("\"instance\":\"" + MetadataStub.INSTANCE_ID + "\"");
    }

    @ParameterizedTest(name = "{0} answers that all is well, and no more")
    @ValueSource(strings = {"/actuator/health/readiness", "/actuator/health/liveness"})
    void answers_probes(String path) throws Exception {
        var answer = get(path);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"status\":\"UP\"}");
    }

    @ParameterizedTest(name = "does not expose {0}")
    @ValueSource(strings = {"", "/info", "/env", "/beans", "/configprops", "/heapdump", "/loggers", "/metrics", "/shutdown"})
    void exposes_health_only(String endpoint) throws Exception {
        assertThat(get("/actuator" + endpoint).statusCode()).isEqualTo(404);
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
        return http.send(request, BodyHandlers.ofString());
    }
}
